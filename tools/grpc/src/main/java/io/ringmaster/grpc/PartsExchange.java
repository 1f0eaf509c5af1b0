package io.ringmaster.grpc;

import com.google.protobuf.UnsafeByteOperations;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.ringmaster.api.Call;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.api.ResponseFlow;
import io.ringmaster.api.StreamingCallback;
import io.ringmaster.grpc.v1.InvocationType;
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
final class PartsExchange extends IngressLoop.Exchange<InvokeWithResponseStreamRequest>
    implements StreamingCallback, Intake.Asker {
  private final IngressLoop loop;
  private final Owner owner;
  private final ServerCall<InvokeWithResponseStreamRequest, InvokeWithResponseStreamResponse> rpc;
  private final InboundBytes.Tracer inbound = InboundBytes.TRACER.get();
  private final ConcurrentLinkedQueue<byte[]> parts = new ConcurrentLinkedQueue<>();

  /** Whether it is in the loop's list. Set by the dispatcher, cleared by the loop. */
  private final AtomicBoolean posted = new AtomicBoolean();

  // Written by the dispatcher.
  private volatile ResponseFlow flow;
  private volatile boolean settled;

  // Written by the loop.
  private InvokeWithResponseStreamRequest request;
  private Call call;
  private boolean headersSent;
  private boolean partSent;
  private boolean over;

  /** It was given up, or ended before it ran. */
  private volatile boolean gone;

  PartsExchange(
      IngressLoop loop,
      Owner owner,
      ServerCall<InvokeWithResponseStreamRequest, InvokeWithResponseStreamResponse> rpc) {
    this.loop = loop;
    this.owner = owner;
    this.rpc = rpc;
  }

  @Override
  ServerCall.Listener<InvokeWithResponseStreamRequest> listener() {
    rpc.request(2); // a second message would be an error, and is seen
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(InvokeWithResponseStreamRequest message) {
        if (request != null) {
          end(Status.INVALID_ARGUMENT.withDescription("more than one message"));
        } else {
          request = message;
        }
      }

      @Override
      public void onHalfClose() {
        begin();
      }

      @Override
      public void onReady() {
        write();
      }

      @Override
      public void onCancel() {
        cancelled();
      }
    };
  }

  private void end(Status status) {
    if (!over) {
      over = true;
      gone = true;
      rpc.close(status, new Metadata());
    }
  }

  private void begin() {
    if (over) {
      return;
    }
    if (request == null) {
      end(Status.INVALID_ARGUMENT.withDescription("no message"));
      return;
    }
    InvokeRequest invocation = request.getInvocation();
    Refusal refusal = Answers.checkNames(invocation);
    if (refusal == null && invocation.getInvocationType() == InvocationType.INVOCATION_TYPE_EVENT) {
      refusal = Answers.wrongType("Event", "[RequestResponse, DryRun]");
    }
    String function = refusal == null ? loop.known(invocation.getFunctionName()) : null;
    if (function == null) {
      refused(refusal == null ? Answers.nameless() : refusal);
      return;
    }
    loop.intake()
        .take(loop, owner, function, loop.known(invocation.getQualifier()), invocation, this);
  }

  @Override
  public void admitted(Call taken) {
    if (over) {
      loop.giveBack(taken);
      return;
    }
    call = taken;
    call.submitStreaming(this);
  }

  @Override
  public void refused(Refusal refusal) {
    if (!over) {
      over = true;
      Statuses.close(rpc, refusal, null);
    }
  }

  @Override
  public void answered(InvokeResponse response) {
    if (!over) {
      over = true;
      send(response);
    }
  }

  @Override
  public void hold() {
    inbound.hold();
  }

  @Override
  public void letGo() {
    inbound.letGo();
  }

  @Override
  public boolean gone() {
    return gone;
  }

  private void send(InvokeResponse end) {
    sendHeaders();
    rpc.sendMessage(InvokeWithResponseStreamResponse.newBuilder().setEnd(end).build());
    rpc.close(Status.OK, new Metadata());
  }

  private void cancelled() {
    over = true;
    gone = true;
    parts.clear();
    if (call != null) {
      call.cancel();
      if (flow != null) {
        flow.cancel();
      }
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
      loop.post(this);
    }
  }

  // ---- the loop ----

  @Override
  void proceed() {
    posted.set(false); // what comes from here on posts again
    if (over) {
      drop();
    } else {
      write();
    }
  }

  @Override
  void overloaded() {
    end(InboundBytes.EXHAUSTED);
  }

  @Override
  void failed() {
    cancelled();
    abandon(rpc);
  }

  /** Nobody waits for it any more. */
  private void drop() {
    parts.clear();
    if (flow != null) {
      flow.cancel();
    }
    if (settled && call != null) {
      loop.giveBack(call);
      call = null;
    }
  }

  private void write() {
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

  private void finish() {
    Call answered = call;
    call = null;
    over = true;
    Refusal refusal = answered.refusal();
    if (refusal != null) {
      Statuses.close(rpc, refusal, Statuses.requestId(answered));
    } else {
      send(Answers.response(answered));
    }
    loop.giveBack(answered);
  }

  private void sendHeaders() {
    if (!headersSent) {
      headersSent = true;
      rpc.sendHeaders(new Metadata());
    }
  }
}
