package io.ringmaster.grpc;

import io.grpc.ServerCall;
import io.netty.util.concurrent.AbstractEventExecutor;
import io.netty.util.concurrent.Future;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import org.openjdk.jcstress.annotations.Actor;
import org.openjdk.jcstress.annotations.Arbiter;
import org.openjdk.jcstress.annotations.Expect;
import org.openjdk.jcstress.annotations.JCStressTest;
import org.openjdk.jcstress.annotations.Outcome;
import org.openjdk.jcstress.annotations.State;
import org.openjdk.jcstress.infra.results.I_Result;

/**
 * The dispatcher posts two exchanges while the loop, which has one, posts another: r1 = how often
 * each was called, a digit for each.
 */
@JCStressTest
@Outcome(id = "1111", expect = Expect.ACCEPTABLE, desc = "Each of them once.")
@Outcome(expect = Expect.FORBIDDEN, desc = "One is never called, or twice.")
@State
public class PostRace {
  private final Tasks tasks = new Tasks();
  private final IngressLoop loop = new IngressLoop(tasks, null, null, null);
  private int called;

  private final class Counted extends IngressLoop.Exchange<Void> {
    private final int weight;

    Counted(int weight) {
      this.weight = weight;
    }

    @Override
    ServerCall.Listener<Void> listener() {
      throw new IllegalStateException("nobody asks");
    }

    @Override
    void proceed() {
      called += weight;
    }

    @Override
    void failed() {
      called += 5 * weight;
    }

    @Override
    void overloaded() {
      called += 5 * weight;
    }
  }

  /** One is posted. */
  public PostRace() {
    loop.post(new Counted(1));
  }

  /** The dispatcher. */
  @Actor
  public void dispatcher() {
    loop.post(new Counted(10));
    loop.post(new Counted(100));
  }

  /** The loop. */
  @Actor
  public void loop() {
    tasks.run();
    loop.post(new Counted(1000));
    tasks.run();
  }

  /** The loop's next turn. */
  @Arbiter
  public void rest(I_Result result) {
    tasks.run();
    result.r1 = called;
  }

  /** A loop that is turned by hand. */
  private static final class Tasks extends AbstractEventExecutor {
    private final ConcurrentLinkedQueue<Runnable> waiting = new ConcurrentLinkedQueue<>();

    void run() {
      Runnable task;
      while ((task = waiting.poll()) != null) {
        task.run();
      }
    }

    @Override
    public void execute(Runnable task) {
      waiting.add(task);
    }

    @Override
    public boolean inEventLoop(Thread thread) {
      return false;
    }

    @Override
    public boolean isShuttingDown() {
      return false;
    }

    @Override
    public Future<?> shutdownGracefully(long quietPeriod, long timeout, TimeUnit unit) {
      throw new UnsupportedOperationException();
    }

    @Override
    public Future<?> terminationFuture() {
      throw new UnsupportedOperationException();
    }

    @Override
    @Deprecated
    public void shutdown() {}

    @Override
    public boolean isShutdown() {
      return false;
    }

    @Override
    public boolean isTerminated() {
      return false;
    }

    @Override
    public boolean awaitTermination(long timeout, TimeUnit unit) {
      return false;
    }
  }
}
