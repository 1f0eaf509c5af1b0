package io.ringmaster.ingress.loop;

import io.netty.channel.AbstractEventLoop;
import io.netty.channel.Channel;
import io.netty.channel.ChannelFuture;
import io.netty.channel.ChannelPromise;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.SelectStrategy;
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
 * The dispatcher posts two exchanges while the loop, which has one, posts another and falls asleep:
 * r1 = how often each was told of, a digit for each. A loop that sleeps does nothing but what it is
 * given to run.
 */
@JCStressTest
@Outcome(id = "1111", expect = Expect.ACCEPTABLE, desc = "Each of them once.")
@Outcome(expect = Expect.FORBIDDEN, desc = "One is never told of, or twice.")
@State
public class PostRace {
  private final Tasks tasks = new Tasks();
  private final LoopTurn turn = new LoopTurn(entered -> tasks);
  private boolean asleep;
  private int called;

  private final class Counted extends LoopExchange {
    private final int weight;

    Counted(int weight) {
      this.weight = weight;
    }

    @Override
    protected boolean submitNow() {
      return false;
    }

    @Override
    protected void proceed() {
      called += weight;
    }

    @Override
    protected void failed(Throwable cause) {
      called += 5 * weight;
    }
  }

  /** It sleeps, and one is posted. */
  public PostRace() {
    look();
    turn.post(new Counted(1));
  }

  /** What Netty does before each look for input; here there is never any. */
  private void look() {
    try {
      asleep = turn.calculateStrategy(() -> 0, false) == SelectStrategy.SELECT;
    } catch (Exception e) {
      throw new IllegalStateException(e);
    }
  }

  /** The dispatcher. */
  @Actor
  public void dispatcher() {
    turn.post(new Counted(10));
    turn.post(new Counted(100));
  }

  /** The loop. */
  @Actor
  public void loop() {
    tasks.run();
    turn.post(new Counted(1000));
    look();
  }

  /** The loop's next turns, until it sleeps, and what wakes it. */
  @Arbiter
  public void rest(I_Result result) {
    while (!asleep) {
      look();
    }
    tasks.run();
    result.r1 = called;
  }

  /** A loop that is turned by hand. */
  private static final class Tasks extends AbstractEventLoop {
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
    public EventLoopGroup parent() {
      return null;
    }

    @Override
    public ChannelFuture register(Channel channel) {
      throw new UnsupportedOperationException();
    }

    @Override
    public ChannelFuture register(ChannelPromise promise) {
      throw new UnsupportedOperationException();
    }

    @Override
    @Deprecated
    public ChannelFuture register(Channel channel, ChannelPromise promise) {
      throw new UnsupportedOperationException();
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
