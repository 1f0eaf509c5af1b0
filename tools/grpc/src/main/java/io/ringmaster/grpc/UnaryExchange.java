package io.ringmaster.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;

/** One invocation, one answer. The loop's thread, but for {@link #settled}. */
final class UnaryExchange extends IngressLoop.Exchange<InvokeRequest>
    implements InvocationCallback, Intake.Asker {
  private final IngressLoop loop;
  private final Owner owner;
  private final ServerCall<InvokeRequest, InvokeResponse> rpc;
  private final InboundBytes.Tracer inbound = InboundBytes.TRACER.get();
  private InvokeRequest request;
  private Call call;

  /** Neither may anything be written any more nor is anybody waiting for it. */
  private boolean over;

  /** It was given up, or ended before it ran. Written by the loop. */
  private volatile boolean gone;

  UnaryExchange(IngressLoop loop, Owner owner, ServerCall<InvokeRequest, InvokeResponse> rpc) {
    this.loop = loop;
    this.owner = owner;
    this.rpc = rpc;
  }

  @Override
  ServerCall.Listener<InvokeRequest> listener() {
    rpc.request(2); // a second message would be an error, and is seen
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(InvokeRequest message) {
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
      public void onCancel() {
        over = true;
        gone = true;
        if (call != null) {
          call.cancel();
        }
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
    Refusal refusal = Answers.checkNames(request);
    if (refusal != null) {
      refused(refusal);
      return;
    }
    String function = loop.known(request.getFunctionName());
    if (function == null) {
      refused(Answers.nameless());
      return;
    }
    loop.intake().take(loop, owner, function, loop.known(request.getQualifier()), request, this);
  }

  @Override
  public void admitted(Call taken) {
    if (over) {
      loop.giveBack(taken);
      return;
    }
    call = taken;
    call.submit(this);
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

  private void send(InvokeResponse response) {
    rpc.sendHeaders(new Metadata());
    rpc.sendMessage(response);
    rpc.close(Status.OK, new Metadata());
  }

  /** The dispatcher's thread, or the loop's own. */
  @Override
  public void settled(Call settled) {
    loop.post(this);
  }

  @Override
  public boolean nonBlocking() {
    return true;
  }

  @Override
  void overloaded() {
    end(InboundBytes.EXHAUSTED);
  }

  @Override
  void failed() {
    over = true;
    abandon(rpc);
  }

  @Override
  void proceed() {
    Call settled = call;
    call = null;
    if (!over) {
      over = true;
      Refusal refusal = settled.refusal();
      if (refusal != null) {
        Statuses.close(rpc, refusal, Statuses.requestId(settled));
      } else {
        send(Answers.response(settled));
      }
    }
    loop.giveBack(settled);
  }
}
