package io.ringmaster.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.collection.LongObjectHashMap;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeStreamRequest;
import io.ringmaster.grpc.v1.InvokeStreamResponse;
import io.ringmaster.grpc.v1.StreamCall;
import io.ringmaster.grpc.v1.StreamResult;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Many invocations over one stream. Those that settle in one turn of the dispatcher are written as
 * one message; the next message is asked for as long as fewer calls are in flight, and fewer bytes
 * of events and answers are held, than the stream may have.
 *
 * <p>The loop's thread, but for {@link #settled}, which is the dispatcher's.
 */
final class StreamExchange extends IngressLoop.Exchange<InvokeStreamRequest> {
  private static final int CALLS_PER_MESSAGE_MAX = 1024;
  private static final int RESULTS_PER_MESSAGE_MAX = 256;
  private static final int BYTES_PER_MESSAGE = 256 * 1024;

  /** One message may exceed what is free, and so may the answers to its calls. */
  private static final long HELD_BEYOND_MAX = 32L * 1024 * 1024;

  private final IngressLoop loop;
  private final Owner owner;
  private final ServerCall<InvokeStreamRequest, InvokeStreamResponse> rpc;
  private final int callsMax;
  private final long bytesMax;
  private final InboundBytes inbound;

  /** Calls whose result was not written yet, by id. */
  private final LongObjectHashMap<StreamedCall> inFlight = new LongObjectHashMap<>();

  /** Those of them that have a result, in the order of their ends. */
  private final ArrayDeque<StreamedCall> ended = new ArrayDeque<>();

  /** Calls that the engine settled. Pushed by the dispatcher, taken by the loop. */
  private final AtomicReference<StreamedCall> settledTop = new AtomicReference<>();

  private String lastFunction;
  private String lastQualifier;
  private long heldBytes;
  private boolean asked;
  private boolean halfClosed;
  private boolean draining;

  /** Calls came that were not taken: it must not end well. */
  private boolean dropped;

  private boolean headersSent;

  /** What ends now is written when the message was taken. */
  private boolean taking;

  private boolean over;

  StreamExchange(
      IngressLoop loop,
      Owner owner,
      ServerCall<InvokeStreamRequest, InvokeStreamResponse> rpc,
      GrpcConfig.Limits limits,
      InboundBytes inbound) {
    this.loop = loop;
    this.owner = owner;
    this.rpc = rpc;
    this.callsMax = limits.callsPerStreamMax();
    this.bytesMax = limits.bytesPerStreamMax();
    this.inbound = inbound;
  }

  @Override
  ServerCall.Listener<InvokeStreamRequest> listener() {
    ask();
    loop.opened(this);
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(InvokeStreamRequest message) {
        asked = false;
        take(message);
        ask();
      }

      @Override
      public void onHalfClose() {
        halfClosed = true;
        write();
      }

      @Override
      public void onReady() {
        write();
      }

      @Override
      public void onCancel() {
        over = true;
        loop.closed(StreamExchange.this);
        giveUpAll();
      }
    };
  }

  /** No further call is taken; it ends after its last result. */
  void drain() {
    draining = true;
    write();
  }

  private void ask() {
    if (!over
        && !draining
        && !asked
        && !halfClosed
        && inFlight.size() < callsMax
        && heldBytes < bytesMax) {
      asked = true;
      rpc.request(1);
    }
  }

  private void giveUpAll() {
    for (StreamedCall each : inFlight.values()) {
      each.release();
      each.giveUp();
    }
    inFlight.clear();
    ended.clear();
  }

  // ---- what the caller says ----

  private void take(InvokeStreamRequest message) {
    if (over || draining) {
      dropped |= message.getCallsCount() > 0;
      return; // what is not taken has no result
    }
    int calls = message.getCallsCount();
    if (calls > CALLS_PER_MESSAGE_MAX) {
      fail(
          Status.INVALID_ARGUMENT.withDescription(
              "a message has at most " + CALLS_PER_MESSAGE_MAX + " calls"));
      return;
    }
    taking = true;
    for (int i = 0; i < calls && !over; i++) {
      begin(message.getCalls(i));
    }
    taking = false;
    for (int i = 0; i < message.getCancelledIdsCount() && !over; i++) {
      StreamedCall cancelled = inFlight.get(message.getCancelledIds(i));
      if (cancelled != null) {
        cancelled.refuse(Refusal.cancelled(), Status.Code.CANCELLED);
      }
    }
    write();
  }

  private void fail(Status reason) {
    giveUpAll();
    close(reason);
  }

  private void close(Status status) {
    over = true;
    loop.closed(this);
    rpc.close(status, new Metadata());
  }

  @Override
  protected void failed(Throwable cause) {
    over = true;
    loop.closed(this);
    try {
      giveUpAll();
    } finally {
      abandon(rpc, cause);
    }
  }

  /** Its calls are submitted each by itself. */
  @Override
  protected boolean submitNow() {
    return false;
  }

  private void begin(StreamCall wanted) {
    InvokeRequest request = wanted.getRequest();
    long id = wanted.getId();
    if (inFlight.containsKey(id)) {
      fail(
          Status.INVALID_ARGUMENT.withDescription(
              "a call with the id " + Long.toUnsignedString(id) + " is in flight"));
      return;
    }
    StreamedCall call = new StreamedCall(this, id);
    inFlight.put(id, call);
    Refusal tooLong = Answers.checkNames(request);
    if (tooLong != null) {
      call.refuse(tooLong, Statuses.code(tooLong));
      return;
    }
    if (!request.getFunctionName().isEmpty()) {
      lastFunction = loop.known(request.getFunctionName());
      lastQualifier = loop.known(request.getQualifier());
    }
    if (lastFunction == null) {
      call.refuse(Answers.nameless(), Status.Code.INVALID_ARGUMENT);
      return;
    }
    int bytes = request.getSerializedSize();
    if (!inbound.reserve(bytes)) {
      Refusal full = Refusal.throttled("CallerRateLimitExceeded");
      call.refuse(full, Statuses.code(full));
      return;
    }
    call.reservedBytes = bytes;
    hold(call, bytes);
    if (wanted.getTimeoutMs() != 0) {
      long millis = Integer.toUnsignedLong(wanted.getTimeoutMs());
      call.timer = loop.executor().schedule(call::expired, millis, TimeUnit.MILLISECONDS);
    }
    loop.intake().take(loop, owner, lastFunction, lastQualifier, request, call);
  }

  private void hold(StreamedCall call, int bytes) {
    call.heldBytes += bytes;
    heldBytes += bytes;
  }

  // ---- what the engine says ----

  /** The dispatcher's thread, or the loop's own. */
  void settled(StreamedCall call) {
    StreamedCall below;
    do {
      below = settledTop.get();
      call.below = below;
    } while (!settledTop.compareAndSet(below, call));
    if (below == null) {
      loop.turn().post(this); // whoever takes the list empties it: so this is posted once
    }
  }

  @Override
  protected void proceed() {
    int begin = ended.size();
    StreamedCall next = settledTop.getAndSet(null);
    StreamedCall first = null;
    while (next != null) {
      StreamedCall below = next.below;
      next.below = first;
      first = next;
      next = below;
    }
    while (first != null) {
      StreamedCall following = first.below;
      first.below = null;
      if (first.answered()) {
        hold(first, first.responseLength());
        ended.add(first);
      }
      first = following;
    }
    if (ended.size() > begin) {
      write();
    }
    if (!over && heldBytes > 2 * bytesMax + HELD_BEYOND_MAX && !rpc.isReady()) {
      fail(Status.RESOURCE_EXHAUSTED.withDescription("too many results were not read"));
    }
  }

  /** It has a result without the engine's answer. */
  void ended(StreamedCall call) {
    ended.add(call);
  }

  /** A call has a result that did not come by {@link #settled}. */
  void toldLater() {
    if (!taking && !over) {
      write();
    }
  }

  @Override
  void end(Status status) {
    if (!over) {
      fail(status);
    }
  }

  /** Bytes of an event are held no more. */
  void release(int bytes) {
    inbound.release(bytes);
  }

  IngressLoop loop() {
    return loop;
  }

  // ---- what is written ----

  void write() {
    while (!over && !ended.isEmpty() && rpc.isReady()) {
      writeMessage();
    }
    if (!over && inFlight.isEmpty() && (halfClosed || draining)) {
      sendHeaders();
      boolean well = halfClosed && !dropped;
      close(well ? Status.OK : Status.UNAVAILABLE.withDescription("going away"));
      return;
    }
    ask();
  }

  private void writeMessage() {
    InvokeStreamResponse.Builder message = InvokeStreamResponse.newBuilder();
    int count = 0;
    int bytes = 0;
    for (StreamedCall call : ended) {
      StreamResult result = call.result();
      bytes += result.getSerializedSize();
      if (count > 0 && bytes > BYTES_PER_MESSAGE) {
        break; // a large one travels alone
      }
      message.addResults(result);
      if (++count == RESULTS_PER_MESSAGE_MAX) {
        break;
      }
    }
    sendHeaders();
    rpc.sendMessage(message.build());
    for (int i = 0; i < count; i++) {
      StreamedCall written = ended.poll();
      heldBytes -= written.heldBytes;
      written.release();
      inFlight.remove(written.id);
      written.written();
    }
  }

  private void sendHeaders() {
    if (!headersSent) {
      headersSent = true;
      rpc.sendHeaders(new Metadata());
    }
  }
}
