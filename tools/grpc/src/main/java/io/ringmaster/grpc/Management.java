package io.ringmaster.grpc;

import io.grpc.Context;
import io.grpc.Status;
import io.grpc.stub.ServerCallStreamObserver;
import io.grpc.stub.StreamObserver;
import io.ringmaster.api.Engine;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.ingress.BoundedThreads;
import java.time.Duration;
import java.util.function.Function;

/** Runs management calls on threads of its own: they wait for disks, and for the dispatcher. */
final class Management {
  /** Whose functions the RPC of this context means; null: the engine's own. */
  static final Context.Key<Owner> OWNER = Context.key("ringmaster-owner");

  private static final int THREADS = 4;
  private static final int WAITING_MAX = 256;
  private static final System.Logger LOG = System.getLogger(Management.class.getName());

  private final Engine engine;
  private final BoundedThreads threads =
      new BoundedThreads("ringmaster-grpc-management", THREADS, WAITING_MAX);

  Management(Engine engine) {
    this.engine = engine;
  }

  /** Says what an operation answers. The loop's thread. */
  <T> void run(StreamObserver<T> answer, Function<Functions, T> operation) {
    ignoreCancelling(answer);
    begin(answer, Status.Code.FAILED_PRECONDITION, () -> {}, operation);
  }

  /** The same for an operation that makes something: a conflict is that it is there already. */
  <T> void create(StreamObserver<T> answer, Function<Functions, T> operation) {
    ignoreCancelling(answer);
    begin(answer, Status.Code.ALREADY_EXISTS, () -> {}, operation);
  }

  /** Whoever cancels is not told any more, and that is no error; the operation goes on. */
  private static void ignoreCancelling(StreamObserver<?> answer) {
    ((ServerCallStreamObserver<?>) answer).setOnCancelHandler(() -> {});
  }

  /**
   * The same after an upload, which sees to its cancelling itself.
   *
   * @param conflict what a conflict is told as
   * @param after run when the operation is over or was refused
   */
  <T> void begin(
      StreamObserver<T> answer,
      Status.Code conflict,
      Runnable after,
      Function<Functions, T> operation) {
    Owner owner = OWNER.get();
    boolean taken =
        threads.run(
            () -> {
              try {
                answer(answer, owner, conflict, operation);
              } finally {
                after.run();
              }
            });
    if (!taken) {
      after.run();
      refuse(answer, Refusal.throttled("CallerRateLimitExceeded"));
    }
  }

  private <T> void answer(
      StreamObserver<T> answer,
      Owner owner,
      Status.Code conflict,
      Function<Functions, T> operation) {
    T result;
    try {
      result = operation.apply(owner == null ? engine.functions() : engine.functions(owner));
    } catch (LambdaException refused) {
      Refusal refusal = refused.refusal();
      Status.Code code = refusal.statusCode() == 409 ? conflict : Statuses.code(refusal);
      answer.onError(Statuses.exception(refusal, code, null));
      return;
    } catch (RuntimeException | Error failed) {
      LOG.log(System.Logger.Level.ERROR, "a management call failed", failed);
      refuse(answer, Refusal.service("The operation failed by a fault of the platform."));
      return;
    }
    answer.onNext(result);
    answer.onCompleted();
  }

  static void refuse(StreamObserver<?> answer, Refusal refusal) {
    answer.onError(Statuses.exception(refusal, Statuses.code(refusal), null));
  }

  /** Begins nothing more; waits for what runs. */
  void close(Duration most) throws InterruptedException {
    threads.close(most);
  }
}
