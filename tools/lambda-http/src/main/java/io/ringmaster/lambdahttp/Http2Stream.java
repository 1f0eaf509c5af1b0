package io.ringmaster.lambdahttp;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelFutureListener;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.EventLoop;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2ResetFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2Error;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.Locale;

/** One request that came by HTTP/2. On its connection's loop only. */
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the channel.
final class Http2Stream extends ChannelInboundHandlerAdapter implements Peer {
  private static final int HEADERS_MAX = 100;
  private static final int SLICE_BYTES = 64 * 1024;

  private final Ingress ingress;
  private final Http2Connection connection;
  private ChannelHandlerContext context;
  private Exchange exchange;
  private Http2Headers headers;
  private long sinceNs = System.nanoTime();
  private long bodyBytes;
  private long promised = -1;
  private boolean arriving = true;
  private boolean headOnly;
  private boolean ended;

  /** Bytes of a streamed answer that the client has not taken; what it was when last looked. */
  private long unsent;

  private long lastUnsent;

  Http2Stream(Ingress ingress, Http2Connection connection) {
    this.ingress = ingress;
    this.connection = connection;
  }

  @Override
  public void handlerAdded(ChannelHandlerContext ctx) {
    context = ctx;
    connection.opened(this);
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    ended = true;
    connection.ended(this);
    if (exchange != null) {
      exchange.disconnected();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    try {
      if (message instanceof Http2HeadersFrame frame) {
        if (headers == null) {
          begin(frame);
        }
        if (frame.isEndStream()) {
          complete();
        }
      } else if (message instanceof Http2DataFrame frame) {
        body(frame);
      }
    } finally {
      ReferenceCountUtil.release(message);
    }
  }

  private void begin(Http2HeadersFrame frame) {
    headers = frame.headers();
    CharSequence method = headers.method();
    CharSequence path = headers.path();
    if (method == null || path == null || headers.size() > HEADERS_MAX) {
      ingress.count(Ingress.Counter.MALFORMED);
      refuse(Answer.refusal(400, "BadRequestException", "The request is malformed"));
      return;
    }
    headOnly = method.toString().equals("HEAD");
    exchange = new Exchange(ingress, this, method.toString(), path.toString(), this::header);
    Answer early = null;
    CharSequence length = headers.get("content-length");
    if (length != null) {
      try {
        promised = Long.parseLong(length.toString());
      } catch (NumberFormatException e) {
        early = Answer.refusal(400, "BadRequestException", "The request is malformed");
      }
    }
    Answer refusal = exchange.admit(promised);
    early = early == null ? refusal : early;
    if (early != null) {
      refuse(early);
    }
  }

  private String header(CharSequence name) {
    String sought = name.toString().toLowerCase(Locale.ROOT);
    CharSequence value = headers.get(sought.equals("host") ? ":authority" : sought);
    return value == null ? null : value.toString();
  }

  private void refuse(Answer answer) {
    if (exchange != null) {
      exchange.disconnected();
      exchange = null;
    }
    answer(answer);
  }

  private void body(Http2DataFrame frame) {
    if (exchange == null || !arriving) {
      return;
    }
    bodyBytes += frame.content().readableBytes();
    Answer refusal = exchange.body(frame.content());
    if (refusal == null && promised >= 0 && bodyBytes > promised) {
      refusal = Answer.refusal(400, "BadRequestException", "The request is malformed");
    }
    if (refusal != null) {
      refuse(refusal);
    } else if (frame.isEndStream()) {
      complete();
    }
  }

  private void complete() {
    if (exchange == null || !arriving) {
      return;
    }
    if (promised >= 0 && bodyBytes != promised) {
      refuse(Answer.refusal(400, "BadRequestException", "The request is malformed"));
      return;
    }
    arriving = false;
    exchange.complete();
  }

  @Override
  public EventLoop loop() {
    return context.channel().eventLoop();
  }

  @Override
  public int keptBytesMax() {
    return 0;
  }

  @Override
  public byte[] keptBuffer(int bytes) {
    return new byte[bytes];
  }

  private Http2Headers head(Answer answer, boolean bodied) {
    Http2Headers out = new DefaultHttp2Headers(false, 12);
    out.status(Integer.toString(answer.status));
    out.add("x-amzn-requestid", answer.requestId());
    out.add("date", new String(Http1Writer.date(), StandardCharsets.US_ASCII));
    if (bodied) {
      out.add("content-type", Http1Writer.clean(answer.contentType));
    }
    for (int i = 0; i < answer.headers.size(); i += 2) {
      out.add(
          answer.headers.get(i).toLowerCase(Locale.ROOT),
          Http1Writer.clean(answer.headers.get(i + 1)));
    }
    return out;
  }

  @Override
  public void answer(Answer answer) {
    if (ended) {
      return;
    }
    boolean early = arriving;
    arriving = false;
    boolean bodied = answer.bodyLength > 0 && !headOnly;
    Http2Headers out = head(answer, answer.bodyLength > 0);
    if (answer.status != 204) {
      out.add("content-length", Integer.toString(answer.bodyLength));
    }
    DefaultHttp2HeadersFrame head = new DefaultHttp2HeadersFrame(out, !bodied);
    if (bodied) {
      context.write(head);
      sendBody(answer, early);
    } else {
      context.writeAndFlush(head).addListener(done -> resetIf(early));
    }
  }

  /**
   * In slices, so that it shows whether the client takes them. Small ones are copied: the call
   * whose array they are in is used again before the client may let them go.
   */
  private void sendBody(Answer answer, boolean early) {
    for (int at = 0; at < answer.bodyLength; at += SLICE_BYTES) {
      int bytes = Math.min(SLICE_BYTES, answer.bodyLength - at);
      boolean last = at + bytes == answer.bodyLength;
      ByteBuf slice =
          answer.bodyLength <= SLICE_BYTES
              ? context.alloc().buffer(bytes).writeBytes(answer.body, at, bytes)
              : Unpooled.wrappedBuffer(answer.body, at, bytes);
      send(new DefaultHttp2DataFrame(slice, last), bytes, done -> resetIf(early && last));
    }
  }

  /** What the client still sends of a request that was refused early is not wanted. */
  private void resetIf(boolean early) {
    if (early && !ended) {
      context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.NO_ERROR));
    }
  }

  private void send(Http2DataFrame frame, int bytes, ChannelFutureListener sent) {
    if (unsent == 0) {
      sinceNs = System.nanoTime();
    }
    unsent += bytes;
    context
        .writeAndFlush(frame)
        .addListener(
            done -> {
              unsent -= bytes;
              sinceNs = System.nanoTime();
            })
        .addListener(sent);
  }

  @Override
  public void begin(Answer head) {
    if (!ended) {
      context.write(new DefaultHttp2HeadersFrame(head(head, true), false));
    }
  }

  @Override
  public void part(ByteBuf part, ChannelFutureListener sent) {
    if (ended) {
      part.release();
    } else {
      send(new DefaultHttp2DataFrame(part, false), part.readableBytes(), sent);
    }
  }

  @Override
  public void end() {
    if (!ended) {
      context.writeAndFlush(new DefaultHttp2DataFrame(Unpooled.EMPTY_BUFFER, true));
    }
  }

  @Override
  public void breakOff() {
    if (!ended) {
      context.writeAndFlush(new DefaultHttp2ResetFrame(Http2Error.INTERNAL_ERROR));
    }
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    ingress.connectionFailed(cause);
    ctx.close();
  }

  /** Closes the stream if it is over its time. */
  void look(long nowNs) {
    long age = nowNs - sinceNs;
    long allowed = ingress.config().bodyNs();
    if (arriving && age > allowed + Ingress.slowestNs(bodyBytes)) {
      ingress.count(Ingress.Counter.TIMED_OUT);
      refuse(Answer.refusal(408, "RequestTimeoutException", "The request took too long to arrive"));
    } else if (unsent > 0 && unsent == lastUnsent && age > allowed) {
      context.close();
    }
    lastUnsent = unsent;
  }
}
