package io.ringmaster.sandbox.runtimeapi;

import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;

/**
 * One connection of a runtime: a request at a time, and no byte of the next is looked at before the
 * last is answered. Event loop only.
 *
 * <p>Where the outcome of a write or a close is not looked at, it is heard as the channel's end.
 */
@SuppressWarnings("FutureReturnValueIgnored")
final class Connection extends ChannelInboundHandlerAdapter implements RequestParser.Sink {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.sandbox.runtimeapi");

  /** A head, or a body that nobody wants, must be complete after this long. */
  static final long PATIENCE_SECONDS = 30;

  /** So long a poll waits for the answer before it to begin: its packets may be read later. */
  private static final long EARLY_MS = 200;

  /** Longest body that is read to its end only to be thrown away. */
  private static final long DISCARDED_MAX = 64L * 1024 * 1024;

  /** What a runtime may send behind a poll that is not answered. */
  private static final int AHEAD_BYTES_MAX = 64 * 1024;

  private enum Mode {
    READING,
    /** A poll waits. */
    PARKED,
    /** An answer is being written. */
    REPLYING,
    CLOSED
  }

  /** What becomes of the body that is being read. */
  private enum Body {
    DISCARDED,
    ANSWER,
    INIT_ERROR
  }

  private final RuntimeSide side;
  private final RequestParser parser = new RequestParser(this);
  private ChannelHandlerContext context;
  private Mode mode = Mode.READING;
  private Body body = Body.DISCARDED;

  /** Bytes that were read and not looked at; null: none. */
  private ByteBuf rest;

  private Call call = Call.UNKNOWN;
  private Slot slot;

  /** What to say when the request has ended; null: what its body comes to. */
  private Reply reply;

  private ByteArrayOutputStream initError;
  private long discarded;
  private boolean inputEnded;

  /** Whether {@link #pump} is on the stack. */
  private boolean pumping;

  /** Whether a head was complete yet. */
  private boolean spoke;

  /** Ends the connection when nothing was complete in time; null: nothing is watched. */
  private ScheduledFuture<?> alarm;

  Connection(RuntimeSide side) {
    this.side = side;
  }

  @Override
  public void channelActive(ChannelHandlerContext ctx) {
    context = ctx;
    if (side.admit(this)) {
      watch();
    } else {
      mode = Mode.CLOSED;
      ctx.writeAndFlush(Reply.TOO_MANY_CONNECTIONS.write(ctx.alloc(), false));
      ctx.close();
    }
  }

  @Override
  public void channelRead(ChannelHandlerContext ctx, Object message) {
    ByteBuf in = (ByteBuf) message;
    if (mode == Mode.CLOSED) {
      in.release();
      return;
    }
    int count = in.readableBytes();
    if (rest == null) {
      rest = in;
    } else {
      ByteBuf joined = ctx.alloc().ioBuffer(rest.readableBytes() + in.readableBytes());
      joined.writeBytes(rest).writeBytes(in);
      dropRest();
      in.release();
      rest = joined;
    }
    side.received(count);
    if (mode == Mode.PARKED && rest.readableBytes() > AHEAD_BYTES_MAX) {
      close();
      return;
    }
    pump();
  }

  /** Reads requests as long as there are bytes and nothing is being answered. */
  private void pump() {
    if (pumping) {
      return;
    }
    pumping = true;
    try {
      while (mode == Mode.READING && rest != null) {
        RequestParser.Outcome outcome = parser.parse(rest);
        if (!rest.isReadable()) {
          dropRest();
        }
        switch (outcome) {
          case MORE -> more();
          case END -> requestEnd();
          case REFUSED -> refuse();
        }
      }
    } finally {
      pumping = false;
    }
    if (mode != Mode.CLOSED) {
      context.channel().config().setAutoRead(reads());
    }
  }

  private boolean reads() {
    return switch (mode) {
      case READING -> slot == null || !slot.overdrawn() || side.readsOn();
      case PARKED -> true; // its end must be heard
      case REPLYING, CLOSED -> false;
    };
  }

  private void dropRest() {
    rest.release();
    rest = null;
  }

  private void more() {
    if (discarded > DISCARDED_MAX) {
      write(reply == null ? Reply.TOO_LARGE : reply, false); // none: a poll, which has no body
    } else {
      watch();
    }
  }

  private void refuse() {
    breakOff();
    write(Reply.refusal(parser.status()), false);
  }

  @Override
  public void head(Request request) {
    spoke = true;
    calm();
    slot = null;
    body = Body.DISCARDED;
    call = Call.of(request);
    reply = begin(request);
    if (request.expectsContinue) {
      context.writeAndFlush(Reply.writeContinue(context.alloc()));
    }
  }

  /** Decides by the head; null: the body, or the end, decides. */
  private Reply begin(Request request) {
    if (call == Call.UNKNOWN || call.forSnapStart) {
      return Reply.NOT_FOUND;
    }
    if (!request.methodIs(call.method)) {
      return Reply.METHOD_NOT_ALLOWED;
    }
    return switch (call) {
      case NEXT, UNKNOWN, RESTORE_NEXT, RESTORE_ERROR -> null;
      case PING -> Reply.PONG;
      case INIT_ERROR -> beginInitError();
      case RESPONSE, ERROR -> beginAnswer(request);
    };
  }

  private Reply beginInitError() {
    Reply refusal = side.beginInitError();
    if (refusal == null) {
      body = Body.INIT_ERROR;
      initError = new ByteArrayOutputStream();
    }
    return refusal;
  }

  private Reply beginAnswer(Request request) {
    Slot of = call.slot(request, side.slots);
    Reply refusal = side.beginAnswer(this, of, call == Call.ERROR, request);
    if (refusal == null) {
      body = Body.ANSWER;
      slot = of;
      // AWS's Go client fails late in the trailer of answers that it does not call streams, too.
      request.keepsTrailer = !of.error;
      if (!of.streaming && request.contentLength > ErrorTypes.PAYLOAD_BYTES_MAX) {
        tooLarge();
        return Reply.TOO_LARGE;
      }
    }
    return refusal;
  }

  @Override
  public void body(ByteBuf from, int count) {
    switch (body) {
      case DISCARDED -> {
        from.skipBytes(count);
        discarded += count;
      }
      case INIT_ERROR -> initErrorBody(from, count);
      case ANSWER -> answerBody(from, count);
    }
  }

  private void initErrorBody(ByteBuf from, int count) {
    if (initError.size() + count > ErrorTypes.PAYLOAD_BYTES_MAX) {
      from.skipBytes(count);
      body = Body.DISCARDED;
      reply = Reply.TOO_LARGE;
      initError = null;
      side.initError(ErrorTypes.RESPONSE_TOO_LARGE);
      return;
    }
    try {
      from.readBytes(initError, count);
    } catch (IOException e) {
      throw new IllegalStateException(e);
    }
  }

  private void answerBody(ByteBuf from, int count) {
    // How long a stream may be is the dispatcher's to say: it is told of each part.
    boolean taken = slot.streaming && slot.windowBytes < Integer.MAX_VALUE;
    if (!taken && slot.pipe.appended() + count > ErrorTypes.PAYLOAD_BYTES_MAX) {
      from.skipBytes(count);
      tooLarge();
      reply = Reply.TOO_LARGE;
      return;
    }
    slot.pipe.append(from, count);
    if (slot.streaming) {
      side.streamed(slot);
      if (slot.overdrawn()) {
        slot.paused(true);
        if (!slot.overdrawn()) {
          // The dispatcher credited it meanwhile, and may have seen no pause.
          slot.paused(false);
        }
      }
    }
  }

  private void tooLarge() {
    body = Body.DISCARDED;
    side.settle(slot, Slot.Outcome.DOCUMENT, ErrorTypes.RESPONSE_TOO_LARGE, null);
    slot = null;
  }

  /** The caller of a stream reads on. */
  void resume() {
    pump();
  }

  private void requestEnd() {
    calm();
    discarded = 0;
    Request request = parser.request();
    boolean keepAlive = request.keepAlive && !inputEnded;
    if (reply != null) {
      write(reply, keepAlive);
    } else if (call == Call.NEXT) {
      mode = Mode.PARKED;
      Reply refusal = side.next(this);
      if (refusal != null) {
        mode = Mode.READING;
        write(refusal, keepAlive);
      }
    } else if (body == Body.INIT_ERROR) {
      byte[] document = initError.toByteArray();
      initError = null;
      body = Body.DISCARDED;
      write(side.initError(document.length > 0 ? document : untold(request.errorType)), keepAlive);
    } else {
      Slot of = slot;
      slot = null;
      body = Body.DISCARDED;
      answered(of, request);
      write(Reply.ACCEPTED, keepAlive);
    }
  }

  /** The document of an error of which the runtime says its type at most. */
  private static byte[] untold(String type) {
    return ErrorTypes.document("", ErrorTypes.valid(type));
  }

  private void answered(Slot of, Request request) {
    of.errorCause = of.error ? request.xrayErrorCause : null;
    if (!of.error && (request.trailerErrorType != null || request.errorBody != null)) {
      String type = valid(request.trailerErrorType);
      side.settle(of, Slot.Outcome.DOCUMENT, trailerDocument(request), type);
    } else if (!of.error) {
      side.settle(of, Slot.Outcome.RESPONSE, null, null);
    } else if (of.pipe.appended() == 0) {
      side.settle(of, Slot.Outcome.DOCUMENT, untold(request.errorType), valid(request.errorType));
    } else {
      side.settle(of, Slot.Outcome.ERROR, null, valid(request.errorType));
    }
  }

  private static String valid(String type) {
    return type == null ? null : ErrorTypes.valid(type);
  }

  /** The error document that an answer ends with. */
  private static byte[] trailerDocument(Request request) {
    if (request.errorBody == null || request.errorBody.isEmpty()) {
      return untold(request.trailerErrorType);
    }
    try {
      return Base64.getDecoder().decode(request.errorBody);
    } catch (IllegalArgumentException notBase64) {
      return request.errorBody.getBytes(StandardCharsets.UTF_8);
    }
  }

  /** The poll that waits here is refused unless the answer before it begins in a moment. */
  void tooEarlySoon() {
    alarm = context.executor().schedule(this::tooEarly, EARLY_MS, TimeUnit.MILLISECONDS);
  }

  private void tooEarly() {
    alarm = null;
    Reply refusal = mode == Mode.PARKED ? side.tooEarly(this) : null;
    if (refusal != null) {
      write(refusal, parser.request().keepAlive && !inputEnded);
      pump();
    }
  }

  /** Answers the poll that waits here. */
  void deliver(Slot to) {
    calm();
    long high = to.requestIdHigh;
    long low = to.requestIdLow;
    boolean keepAlive = parser.request().keepAlive;
    write(EventReply.write(context.alloc(), to, keepAlive), keepAlive)
        .addListener(
            written -> {
              if (!written.isSuccess()) {
                side.undelivered(to, high, low);
              }
            });
    pump();
  }

  private void write(Reply what, boolean keepAlive) {
    write(what.write(context.alloc(), keepAlive), keepAlive);
  }

  private ChannelFuture write(ByteBuf what, boolean keepAlive) {
    mode = Mode.REPLYING;
    ChannelFuture written = context.writeAndFlush(what);
    if (written.isDone()) {
      replied(written.isSuccess() && keepAlive);
    } else {
      written.addListener(
          done -> {
            replied(done.isSuccess() && keepAlive);
            pump();
          });
    }
    return written;
  }

  private void replied(boolean keepAlive) {
    if (mode != Mode.REPLYING) {
      return;
    }
    if (keepAlive && !inputEnded) {
      mode = Mode.READING;
    } else {
      close();
    }
  }

  /** A head, or a body that nobody wants, may not take for ever. */
  private void watch() {
    boolean impatient = parser.partial() ? body == Body.DISCARDED : !spoke;
    if (impatient && alarm == null) {
      alarm = context.executor().schedule(this::alarm, PATIENCE_SECONDS, TimeUnit.SECONDS);
    }
  }

  /**
   * It was complete, or nobody waits for it any more: no connection outlives its end in a timer.
   */
  private void calm() {
    if (alarm != null) {
      alarm.cancel(false);
      alarm = null;
    }
  }

  private void alarm() {
    alarm = null;
    if (mode == Mode.READING && (parser.partial() || !spoke)) {
      close();
    }
  }

  @Override
  public void userEventTriggered(ChannelHandlerContext ctx, Object event) {
    if (event instanceof ChannelInputShutdownEvent) {
      inputEnded = true;
      if (mode == Mode.READING && parser.partial() && breakOff()) {
        write(Reply.TRUNCATED, false);
      } else if (mode != Mode.REPLYING) {
        close();
      }
    }
  }

  /** Ends what an unfinished body was for; true: it was for something. */
  private boolean breakOff() {
    if (body == Body.ANSWER) {
      side.settle(slot, Slot.Outcome.DOCUMENT, ErrorTypes.TRUNCATED, null);
    } else if (body == Body.INIT_ERROR) {
      side.initErrorTruncated();
    } else {
      return false;
    }
    slot = null;
    initError = null;
    body = Body.DISCARDED;
    return true;
  }

  /** Closes the connection. */
  void close() {
    if (mode == Mode.CLOSED) {
      return;
    }
    boolean waited = mode == Mode.PARKED;
    mode = Mode.CLOSED;
    calm();
    if (rest != null) {
      dropRest();
    }
    breakOff();
    if (waited) {
      side.unpark(this);
    }
    side.gone(this);
    context.close();
  }

  @Override
  public void channelInactive(ChannelHandlerContext ctx) {
    close();
  }

  @Override
  public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
    if (!(cause instanceof IOException)) {
      LOG.log(Level.ERROR, "Runtime API connection", cause);
    }
    close();
  }
}
