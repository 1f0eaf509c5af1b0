package io.ringmaster.grpc;

import io.grpc.Status;
import io.netty.util.concurrent.ScheduledFuture;
import io.ringmaster.api.Call;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.api.Refusal;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.grpc.v1.StreamResult;

/**
 * One call of a {@link StreamExchange}: in flight, then ended (it has a result), then written. What
 * its caller gave up, or did not wait for, ends at once; the engine's answer to it is dropped when
 * it comes.
 *
 * <p>The loop's thread, but for {@link #settled}, which is the dispatcher's.
 */
final class StreamedCall implements InvocationCallback, Intake.Asker {
  private static final Refusal TOO_LATE =
      new Refusal(
          499, "DeadlineExceededException", "The call's timeout_ms passed before its end.", null);

  final long id;
  private final StreamExchange stream;

  /** Next in the list of settled ones. Written by who pushes it, then by the loop. */
  StreamedCall below;

  /** Bytes of its event and its answer. */
  int heldBytes;

  /** Bytes of its event that are counted over all connections. */
  int reservedBytes;

  /** Its deadline; null: it has none. */
  ScheduledFuture<?> timer;

  /** In the engine's hands; null: not yet, or not any more. */
  private Call running;

  /** With the engine's answer; null: it has none. */
  private Call settled;

  /** Its result, if that is not the engine's answer. */
  private Refusal refusal;

  private Status.Code refusalCode;

  /** Its result without the engine; null: none. */
  private InvokeResponse told;

  /** Its event is kept by who looks at it. */
  private boolean kept;

  /** The stream has done with it. */
  private boolean done;

  /** It was refused or given up. Written by the loop. */
  private volatile boolean gone;

  StreamedCall(StreamExchange stream, long id) {
    this.stream = stream;
    this.id = id;
  }

  @Override
  public void admitted(Call call) {
    if (refusal != null) {
      stream.loop().giveBack(call);
      return;
    }
    running = call;
    call.submit(this);
  }

  @Override
  public void refused(Refusal reason) {
    refuse(reason, Statuses.code(reason));
    stream.toldLater();
  }

  @Override
  public void answered(InvokeResponse response) {
    if (refusal == null) {
      told = response;
      stopTimer();
      stream.ended(this);
      stream.toldLater();
    }
  }

  @Override
  public void hold() {
    kept = true;
  }

  @Override
  public void letGo() {
    kept = false;
    if (done) {
      release();
    }
  }

  @Override
  public boolean gone() {
    return gone;
  }

  /** The stream has done with it: its event counts until nobody looks at it any more. */
  void release() {
    done = true;
    if (!kept) {
      stream.release(reservedBytes);
      reservedBytes = 0;
    }
  }

  @Override
  public void settled(Call answered) {
    stream.settled(this);
  }

  @Override
  public boolean nonBlocking() {
    return true;
  }

  /** The engine has answered; whether that is the result. */
  boolean answered() {
    Call answered = running;
    running = null;
    stopTimer();
    if (refusal != null) {
      stream.loop().giveBack(answered);
      return false;
    }
    settled = answered;
    return true;
  }

  int responseLength() {
    return settled == null ? 0 : settled.responseLength();
  }

  /** Ends with a refusal, unless it has ended. */
  void refuse(Refusal reason, Status.Code code) {
    if (refusal == null && settled == null && told == null) {
      refusal = reason;
      gone = true;
      refusalCode = code;
      stopTimer();
      if (running != null) {
        running.cancel();
      }
      stream.ended(this);
    }
  }

  void expired() {
    refuse(TOO_LATE, Status.Code.DEADLINE_EXCEEDED);
    stream.write();
  }

  private void stopTimer() {
    if (timer != null) {
      timer.cancel(false);
      timer = null;
    }
  }

  /** Nobody wants its result any more. */
  void giveUp() {
    stopTimer();
    if (settled != null) {
      written();
    } else {
      refusal = Refusal.cancelled();
      gone = true;
      if (running != null) {
        running.cancel();
      }
    }
  }

  /** To be written before {@link #written}: it may be a view of the call's answer. */
  StreamResult result() {
    StreamResult.Builder result = StreamResult.newBuilder().setId(id);
    if (refusal != null) {
      return result.setRefusal(Answers.refusal(refusal, refusalCode.value(), null)).build();
    }
    if (told != null) {
      return result.setResponse(told).build();
    }
    Refusal refused = settled.refusal();
    if (refused != null) {
      return result.setRefusal(Answers.refusal(refused, Statuses.requestId(settled))).build();
    }
    return result.setResponse(Answers.response(settled)).build();
  }

  /** Its result was written; the engine's answer is not needed any more. */
  void written() {
    if (settled != null) {
      stream.loop().giveBack(settled);
      settled = null;
    }
  }
}
