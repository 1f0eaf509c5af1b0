package io.ringmaster.lambdahttp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelOutboundBuffer;
import io.netty.channel.EventLoop;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpHeaderNames;
import io.netty.handler.codec.http.HttpHeaders;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.util.ReferenceCountUtil;
import io.ringmaster.api.Refusal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.List;

/**
 * One connection that speaks HTTP/1.1: one request at a time; what a client sends ahead waits, and
 * is not read any further. On its loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the channel.
final class Http1Connection extends ChannelInboundHandlerAdapter
    implements Peer, Deadlines.Watched, RequestDecoder.Listener {
  private static final int KEPT_BUFFER_MAX = 64 * 1024;
  private static final int HEADERS_MAX = 100;

  /** What the head of an answer takes. */
  private static final int HEAD_LIKELY = 512;

  private static final int HOST_MAX = 255;

  /** What a connection's line and headers may take beside the room for bodies. */
  private static final long UNCOUNTED_HEAD = 256 * 1024;

  /** As bytes, in the decoder's buffer, as texts. */
  private static final int HEAD_COPIES = 3;

  private static final long LINGER_NS = 2_000_000_000L;
  private static final byte[] CONTINUE =
      "HTTP/1.1 100 Continue\r\n\r\n".getBytes(StandardCharsets.US_ASCII);
  private static final int PROBE_BYTES = 12;
  private static final long PROBE_AFTER_NS = 250_000_000L;
  private static final long BUFFER_IDLE_NS = 2_000_000_000L;
  private static final byte[] NOTHING = {};
  private static final byte[] LAST_CHUNK = "0\r\n\r\n".getBytes(StandardCharsets.US_ASCII);

  /** Where the connection is; each has a deadline, or waits for the engine. */
  private enum State {
    IDLE,
    HEADERS,
    BODY,
    ANSWERING,
    SENDING,
    LINGERING,
    CLOSED
  }

  private final Ingress ingress;
  private final Deadlines deadlines;
  private final ArrayDeque<HttpObject> ahead = new ArrayDeque<>();
  private ChannelHandlerContext context;
  private State state = State.IDLE;

  /** When a look first found it in its state: no request reads the clock. */
  private long sinceNs;

  /** It came into its state since the last look. */
  private boolean moved = true;

  private long bodyBytes;
  private long headReserved;
  private byte[] buffer = NOTHING;
  private Exchange exchange;
  private boolean keepAlive;
  private boolean http10;
  private boolean headOnly;
  private boolean chunked;
  private HttpRequest upgrade;
  private boolean inputEnded;
  private long inputEndedNs;
  private int probed;
  private boolean taking;
  private long lastWaiting;

  Http1Connection(Ingress ingress, Deadlines deadlines) {
    this.ingress = ingress;
    this.deadlines = deadlines;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    deadlines.add(this);
  }

  @Override
  public void handlerRemoved(ChannelHandlerContext ctx) {
    channelInactive(ctx);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    if (state == State.CLOSED) {
      return;
    }
    to(State.CLOSED);
    deadlines.remove(this);
    ingress.release(headReserved);
    ahead.forEach(ReferenceCountUtil::release);
    ahead.clear();
    Exchange last = exchange;
    exchange = null;
    if (last == null) {
      dropBuffer();
    } else {
      last.disconnected();
      last.adopt(buffer.length); // whoever runs the function may still read it
      buffer = NOTHING;
    }
  }

  private void dropBuffer() {
    ingress.release(buffer.length);
    buffer = NOTHING;
  }

  private void to(State next) {
    state = next;
    moved = true;
  }

  /** The first byte of a request is there: its headers have so long from now. */
  @Override
  public void bytesArrived(long waiting) {
    if (state == State.IDLE) {
      to(State.HEADERS);
    }
    long extra = waiting * HEAD_COPIES - UNCOUNTED_HEAD - headReserved;
    if (extra > 0 && state != State.CLOSED) {
      if (ingress.reserve(extra)) {
        headReserved += extra;
      } else if (state == State.HEADERS) {
        refuse(
            Answer.refusal(
                new Refusal(
                    429, "TooManyRequestsException", "Rate Exceeded.", "CallerRateLimitExceeded")));
      } else if (state != State.LINGERING) {
        context.close();
      }
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    if (state == State.LINGERING || state == State.CLOSED) {
      ReferenceCountUtil.release(message);
      return;
    }
    if (!ahead.isEmpty() || state == State.ANSWERING || state == State.SENDING) {
      ahead.add((HttpObject) message);
      ctx.channel().config().setAutoRead(false);
      return;
    }
    take((HttpObject) message);
    takeAhead();
  }

  /** What came while a request was answered. Not reentrant: an answer may come at once. */
  private void takeAhead() {
    if (taking) {
      return;
    }
    taking = true;
    while (!ahead.isEmpty() && state != State.ANSWERING && state != State.SENDING) {
      HttpObject next = ahead.poll();
      if (state == State.LINGERING || state == State.CLOSED) {
        ReferenceCountUtil.release(next);
      } else {
        take(next);
      }
    }
    taking = false;
    if (ahead.isEmpty() && !context.channel().config().isAutoRead()) {
      context.channel().config().setAutoRead(true);
    }
    if (inputEnded && state == State.IDLE) {
      context.close();
    }
  }

  private void take(HttpObject message) {
    try {
      if (message.decoderResult().isFailure()) {
        malformed(message);
        return;
      }
      if (message instanceof HttpRequest request) {
        begin(request);
      }
      if (message instanceof HttpContent content && exchange != null) {
        body(content);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void malformed(HttpObject message) {
    Throwable cause = message.decoderResult().cause();
    String name = cause == null ? "" : cause.getClass().getSimpleName();
    Answer answer =
        switch (name) {
          case "TooLongHttpLineException" ->
              Answer.refusal(414, "RequestUriTooLongException", "The request line is too long");
          case "TooLongHttpHeaderException" ->
              Answer.refusal(
                  431, "RequestHeaderFieldsTooLargeException", "The headers are too large");
          default -> Answer.refusal(400, "BadRequestException", "The request is malformed");
        };
    ingress.count(Ingress.Counter.MALFORMED);
    refuse(answer);
  }

  /** Answers before the request was read, and ends the connection. */
  private void refuse(Answer answer) {
    if (exchange != null) {
      exchange.disconnected();
    }
    exchange = null;
    keepAlive = false;
    answer(answer.closing());
  }

  private void begin(HttpRequest request) {
    HttpHeaders headers = request.headers();
    http10 = !request.protocolVersion().equals(HttpVersion.HTTP_1_1);
    headOnly = request.method().name().equals("HEAD");
    // The decoder keeps the room that it once needed.
    keepAlive = HttpUtil.isKeepAlive(request) && headReserved == 0 && !ingress.stopping();
    Answer refusal = framing(request);
    if (refusal != null) {
      ingress.count(Ingress.Counter.MALFORMED);
      refuse(refusal);
      return;
    }
    to(State.BODY);
    bodyBytes = 0;
    long length = HttpUtil.getContentLength(request, -1L);
    exchange = new Exchange(ingress, this, request.method().name(), request.uri(), headers::get);
    Answer early = exchange.admit(length);
    if (early == null && headers.contains(HttpHeaderNames.EXPECT)) {
      if (!HttpUtil.is100ContinueExpected(request)) {
        early = Answer.refusal(417, "ExpectationFailedException", "Expect: 100-continue only");
      } else {
        context.writeAndFlush(Unpooled.wrappedBuffer(CONTINUE));
      }
    }
    if (early != null) {
      refuse(early);
    } else if (Upgrade.wanted(request)) {
      upgrade = request;
    }
  }

  /** What a request must have so that everybody agrees where it ends. */
  private Answer framing(HttpRequest request) {
    HttpHeaders headers = request.headers();
    String version = request.protocolVersion().text();
    if (!version.equals("HTTP/1.1") && !version.equals("HTTP/1.0")) {
      return Answer.refusal(505, "HttpVersionNotSupportedException", "HTTP/1.1 or HTTP/1.0");
    }
    if (headers.size() > HEADERS_MAX) {
      return Answer.refusal(
          431, "RequestHeaderFieldsTooLargeException", "More than " + HEADERS_MAX + " headers");
    }
    List<String> codings = headers.getAll(HttpHeaderNames.TRANSFER_ENCODING);
    boolean coded = !codings.isEmpty();
    int hosts = headers.getAll(HttpHeaderNames.HOST).size();
    if (coded
            && (http10
                || codings.size() > 1
                || !codings.get(0).equalsIgnoreCase("chunked")
                || headers.contains(HttpHeaderNames.CONTENT_LENGTH))
        || headers.getAll(HttpHeaderNames.CONTENT_LENGTH).size() > 1
        || hosts > 1
        || hosts == 0 && !http10
        || hosts == 1 && !isHost(headers.get(HttpHeaderNames.HOST))) {
      return Answer.refusal(400, "BadRequestException", "The request is malformed");
    }
    return null;
  }

  /** Whether it has only what names, addresses and ports are made of. */
  private static boolean isHost(String text) {
    for (int i = 0; i < text.length(); i++) {
      char each = text.charAt(i);
      if (!(each >= 'a' && each <= 'z'
          || each >= 'A' && each <= 'Z'
          || each >= '-' && each <= ':' && each != '/'
          || each == '_'
          || each == '['
          || each == ']')) {
        return false;
      }
    }
    return text.length() <= HOST_MAX;
  }

  private void body(HttpContent content) {
    int bytes = content.content().readableBytes();
    if (bytes > 0) {
      bodyBytes += bytes;
      Answer refusal = exchange.body(content.content());
      if (refusal != null) {
        refuse(refusal);
        return;
      }
    }
    if (content instanceof LastHttpContent) {
      to(State.ANSWERING);
      if (upgrade == null || !upgraded()) {
        exchange.complete();
      }
    }
  }

  /** Goes on with HTTP/2 if the client asks for it as it has to; this connection is gone then. */
  private boolean upgraded() {
    HttpRequest asked = upgrade;
    upgrade = null;
    if (exchange.bodyLength() > KEPT_BUFFER_MAX || !ahead.isEmpty() || ingress.stopping()) {
      return false;
    }
    return Upgrade.attempt(context, asked, exchange.keptBody(), ingress, deadlines);
  }

  /** The request goes on by HTTP/2. */
  void handedOn() {
    Exchange moved = exchange;
    exchange = null;
    moved.handedOn();
  }

  @Override
  public EventLoop loop() {
    return context.channel().eventLoop();
  }

  @Override
  public int keptBytesMax() {
    return KEPT_BUFFER_MAX;
  }

  @Override
  public byte[] keptBuffer(int bytes) {
    if (buffer.length < bytes) {
      int size = Math.max(1024, Integer.highestOneBit(Math.max(1, bytes - 1)) << 1);
      if (!ingress.reserve(size - buffer.length)) {
        return null;
      }
      buffer = new byte[size];
    }
    return buffer;
  }

  @Override
  public void answer(Answer answer) {
    if (state == State.CLOSED) {
      return;
    }
    endProbe();
    boolean closing = closing(answer);
    boolean copied = answer.bodyLength <= KEPT_BUFFER_MAX;
    boolean bodied = answer.bodyLength > 0 && !headOnly;
    int likely = HEAD_LIKELY + (copied && bodied ? answer.bodyLength : 0);
    ByteBuf out = ingress.loop().outgoing(context.alloc(), likely);
    Http1Writer.head(out, answer, answer.bodyLength, closing, http10);
    if (bodied && copied) {
      out.writeBytes(answer.body, 0, answer.bodyLength);
    }
    to(State.SENDING);
    if (bodied && !copied) {
      context.write(out);
      out = Unpooled.wrappedBuffer(answer.body, 0, answer.bodyLength);
    }
    ChannelFuture written = context.writeAndFlush(out);
    if (written.isDone()) { // nearly always: a small answer fits into the socket
      sent(written.isSuccess(), closing);
    } else {
      written.addListener(done -> sent(done.isSuccess(), closing));
    }
  }

  private boolean closing(Answer answer) {
    return answer.close || !keepAlive || inputEnded || ingress.stopping();
  }

  private void sent(boolean succeeded, boolean closing) {
    exchange = null;
    if (!succeeded) {
      context.close();
    } else if (state != State.CLOSED) {
      if (closing) {
        linger();
      } else {
        to(State.IDLE);
        takeAhead();
      }
    }
  }

  /** Ends our side and waits a little for the client's, so that the answer reaches it. */
  private void linger() {
    to(State.LINGERING);
    ahead.forEach(ReferenceCountUtil::release);
    ahead.clear();
    if (inputEnded) {
      context.close();
      return;
    }
    context.channel().config().setAutoRead(true);
    ((DuplexChannel) context.channel()).shutdownOutput();
  }

  @Override
  public void begin(Answer head) {
    if (state == State.CLOSED) {
      return;
    }
    endProbe();
    chunked = !http10;
    boolean closing = closing(head) || http10;
    keepAlive &= !closing;
    ByteBuf out = context.alloc().directBuffer(HEAD_LIKELY);
    Http1Writer.head(
        out, head, chunked ? Http1Writer.CHUNKED : Http1Writer.UNTIL_CLOSED, closing, http10);
    to(State.SENDING);
    context.write(out);
  }

  @Override
  public void part(ByteBuf part, ChannelFutureListener sent) {
    if (state == State.CLOSED) {
      part.release();
      return;
    }
    ByteBuf out = part;
    if (chunked) {
      ByteBuf head = context.alloc().directBuffer(16);
      head.writeCharSequence(
          Integer.toHexString(part.readableBytes()) + "\r\n", StandardCharsets.US_ASCII);
      context.write(head);
      context.write(part);
      out = Unpooled.wrappedBuffer(Http1Writer.LINE_END);
    }
    context.writeAndFlush(out).addListener(sent);
  }

  @Override
  public void end() {
    if (state == State.CLOSED) {
      return;
    }
    boolean closing = !keepAlive || inputEnded || ingress.stopping();
    ByteBuf last = chunked ? Unpooled.wrappedBuffer(LAST_CHUNK) : Unpooled.EMPTY_BUFFER;
    context.writeAndFlush(last).addListener(done -> sent(done.isSuccess(), closing));
  }

  @Override
  public void breakOff() {
    exchange = null;
    context.close();
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      inputEndedNs = System.nanoTime();
      boolean waiting = state == State.ANSWERING || state == State.SENDING;
      if (!waiting && ahead.isEmpty()) {
        ctx.close();
      }
    } else {
      ctx.fireUserEventTriggered(event);
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ingress.connectionFailed(cause);
    ctx.close();
  }

  @Override
  public void look(long nowNs) {
    if (moved) {
      moved = false;
      sinceNs = nowNs;
    }
    long age = nowNs - sinceNs;
    LambdaHttpConfig config = ingress.config();
    if (state == State.ANSWERING && inputEnded && !http10) {
      probe(nowNs - inputEndedNs);
    } else if (state == State.IDLE && age > BUFFER_IDLE_NS && buffer.length > 0) {
      dropBuffer();
    }
    boolean over =
        switch (state) {
          case IDLE -> age > config.idleNs() || ingress.pastKeepAlive(nowNs);
          case HEADERS -> age > config.headerNs();
          case BODY -> age > config.bodyNs() + Ingress.slowestNs(bodyBytes);
          case SENDING -> sendingOver(age);
          case LINGERING -> age > LINGER_NS;
          case ANSWERING, CLOSED -> false;
        };
    if (over) {
      if (state == State.HEADERS || state == State.BODY) {
        ingress.count(Ingress.Counter.TIMED_OUT);
        refuse(
            Answer.refusal(408, "RequestTimeoutException", "The request took too long to arrive"));
      } else {
        context.close();
      }
    }
  }

  /**
   * A client that has ended its side may still wait for its answer, or be gone and hold a place in
   * a queue. It is told to continue, in two parts: where nobody is, the first part is answered by a
   * reset, and the second one finds it. Every client of HTTP/1.1 passes over such an answer.
   */
  private void probe(long endedForNs) {
    if (probed == 0 && endedForNs > PROBE_AFTER_NS) {
      probed = PROBE_BYTES;
      context.writeAndFlush(Unpooled.wrappedBuffer(CONTINUE, 0, PROBE_BYTES));
    } else if (endedForNs > 2 * PROBE_AFTER_NS) {
      endProbe();
      context.flush();
    }
  }

  private void endProbe() {
    if (probed == PROBE_BYTES) {
      probed = CONTINUE.length;
      context.write(Unpooled.wrappedBuffer(CONTINUE, PROBE_BYTES, CONTINUE.length - PROBE_BYTES));
    }
  }

  /** A reader of a large answer has taken nothing for so long. */
  private boolean sendingOver(long age) {
    ChannelOutboundBuffer pending = context.channel().unsafe().outboundBuffer();
    long waiting =
        pending == null ? 0 : pending.totalPendingWriteBytes() - pending.currentProgress();
    if (waiting != lastWaiting) {
      lastWaiting = waiting;
      sinceNs = System.nanoTime();
      return false;
    }
    return waiting > 0 && age > ingress.config().bodyNs();
  }

  @Override
  public void close() {
    context.close();
  }
}
