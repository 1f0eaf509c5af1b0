package io.ringmaster.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.ringmaster.api.Call;
import io.ringmaster.api.Owner;
import io.ringmaster.api.ResponseFlow;
import io.ringmaster.api.StreamingCallback;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.grpc.v1.InvokeWithResponseStreamRequest;
import io.ringmaster.grpc.v1.InvokeWithResponseStreamResponse;
import io.ringmaster.grpc.v1.ResponsePart;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * One invocation whose answer is written in parts as they come. A part is told as consumed when it
 * was written, and it is written when the connection has room: so there are never more parts here
 * than the engine's window holds.
 *
 * <p>The loop's thread, but for {@link #part} and {@link #settled}, which are the dispatcher's.
 */
final class PartsExchange
    extends SingleExchange<InvokeWithResponseStreamRequest, InvokeWithResponseStreamResponse>
    implements StreamingCallback {
  private final ConcurrentLinkedQueue<byte[]> parts = new ConcurrentLinkedQueue<>();

  /** Whether it is in the loop's list. Set by the dispatcher, cleared by the loop. */
  private final AtomicBoolean posted = new AtomicBoolean();

  // Written by the dispatcher.
  private volatile ResponseFlow flow;
  private volatile boolean settled;

  // Written by the loop.
  private boolean headersSent;
  private boolean partSent;

  PartsExchange(
      IngressLoop loop,
      Owner owner,
      ServerCall<InvokeWithResponseStreamRequest, InvokeWithResponseStreamResponse> rpc) {
    super(loop, owner, rpc);
  }

  @Override
  InvokeRequest invocation(InvokeWithResponseStreamRequest message) {
    return message.getInvocation();
  }

  @Override
  boolean takesEvents() {
    return false;
  }

  @Override
  void submit(Call taken) {
    taken.submitStreaming(this);
  }

  @Override
  void cancelled() {
    super.cancelled();
    parts.clear();
    cancelFlow();
  }

  /** Of a call that was given back the flow may be somebody else's. */
  private void cancelFlow() {
    if (call != null && flow != null) {
      flow.cancel();
    }
  }

  // ---- the dispatcher ----

  @Override
  public void part(ResponseFlow from, byte[] part) {
    flow = from;
    parts.add(part);
    post();
  }

  @Override
  public void settled(Call answered) {
    settled = true;
    post();
  }

  @Override
  public boolean nonBlocking() {
    return true;
  }

  private void post() {
    if (posted.compareAndSet(false, true)) {
      loop.turn().post(this);
    }
  }

  // ---- the loop ----

  @Override
  protected void proceed() {
    posted.set(false); // what comes from here on posts again
    if (over) {
      drop();
    } else {
      writable();
    }
  }

  /** Nobody waits for it any more. */
  private void drop() {
    parts.clear();
    cancelFlow();
    if (settled && call != null) {
      finish();
    }
  }

  @Override
  void writable() {
    boolean complete = settled; // before the look at the parts: none follows it
    byte[] part;
    while (!over && rpc.isReady() && (part = parts.poll()) != null) {
      sendHeaders();
      rpc.sendMessage(message(part));
      flow.consumed(part.length);
    }
    if (complete && !over && call != null && parts.isEmpty()) {
      finish();
    }
  }

  private InvokeWithResponseStreamResponse message(byte[] part) {
    ResponsePart.Builder message =
        ResponsePart.newBuilder().setPayload(UnsafeByteOperations.unsafeWrap(part)); // ours alone
    if (!partSent) {
      partSent = true;
      String contentType = flow.contentType();
      if (contentType != null) {
        message.setContentType(contentType);
      }
    }
    return InvokeWithResponseStreamResponse.newBuilder().setPart(message).build();
  }

  @Override
  void send(InvokeResponse end) {
    sendHeaders();
    rpc.sendMessage(InvokeWithResponseStreamResponse.newBuilder().setEnd(end).build());
    rpc.close(Status.OK, new Metadata());
  }

  private void sendHeaders() {
    if (!headersSent) {
      headersSent = true;
      rpc.sendHeaders(new Metadata());
    }
  }
}
