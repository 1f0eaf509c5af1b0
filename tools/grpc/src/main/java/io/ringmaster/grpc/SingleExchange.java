package io.ringmaster.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.ringmaster.api.Call;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.grpc.v1.InvocationType;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;

/**
 * One invocation by an RPC of its own: until the engine has it. The loop's thread.
 *
 * @param <Q> the message that asks
 * @param <A> the messages that answer
 */
abstract class SingleExchange<Q, A> extends IngressLoop.Exchange<Q> implements Intake.Asker {
  /**
   * A client's calls come many at once, by one connection: the engine begins with the first ones
   * while the loop still reads.
   */
  private static final int SUBMITTED_TOGETHER_MAX = 8;

  final IngressLoop loop;
  final ServerCall<Q, A> rpc;
  private final Owner owner;
  private final InboundBytes.Tracer inbound = InboundBytes.TRACER.get();
  private Q request;

  /** The engine's, from its admission until its answer was written. */
  Call call;

  private boolean submitted;

  /** Neither may anything be written any more nor is anybody waiting for it. */
  boolean over;

  /** It was given up, or ended before it ran. */
  private volatile boolean gone;

  SingleExchange(IngressLoop loop, Owner owner, ServerCall<Q, A> rpc) {
    this.loop = loop;
    this.owner = owner;
    this.rpc = rpc;
  }

  /** What the message asks for. */
  abstract InvokeRequest invocation(Q message);

  /** Whether it may be of type {@code Event}. */
  abstract boolean takesEvents();

  /** Hands the call to the engine. */
  abstract void submit(Call taken);

  /** Writes the answer, or the end of it, and closes. */
  abstract void send(InvokeResponse response);

  /** The connection has room again. */
  void writable() {}

  @Override
  ServerCall.Listener<Q> listener() {
    rpc.request(2); // a second message would be an error, and is seen
    return new ServerCall.Listener<>() {
      @Override
      public void onMessage(Q message) {
        if (request != null) {
          end(Status.INVALID_ARGUMENT.withDescription("more than one message"));
        } else {
          request = message;
        }
      }

      @Override
      public void onHalfClose() {
        inbound.arrived();
        begin();
      }

      @Override
      public void onReady() {
        writable();
      }

      @Override
      public void onCancel() {
        cancelled();
      }
    };
  }

  @Override
  void end(Status status) {
    if (!over) {
      over = true;
      gone = true;
      rpc.close(status, new Metadata());
    }
  }

  /** Nobody waits for it any more. */
  void cancelled() {
    over = true;
    gone = true;
    if (call != null && submitted) {
      call.cancel();
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
    InvokeRequest invocation = invocation(request);
    Refusal refusal = Answers.checkNames(invocation);
    if (refusal == null
        && !takesEvents()
        && invocation.getInvocationType() == InvocationType.INVOCATION_TYPE_EVENT) {
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
    call = taken;
    loop.turn().submit(this, SUBMITTED_TOGETHER_MAX);
  }

  @Override
  protected boolean submitNow() {
    if (over) {
      loop.giveBack(call);
      call = null;
      return false;
    }
    submitted = true;
    submit(call);
    return true;
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

  /** The engine has answered: tells it, if somebody waits for it. */
  final void finish() {
    Call answered = call;
    call = null;
    if (!over) {
      over = true;
      Refusal refusal = answered.refusal();
      if (refusal != null) {
        Statuses.close(rpc, refusal, Statuses.requestId(answered));
      } else {
        send(Answers.response(answered));
      }
    }
    loop.giveBack(answered);
  }

  @Override
  protected void failed(Throwable cause) {
    try {
      cancelled();
    } finally {
      abandon(rpc, cause);
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
}
