package io.ringmaster.core.accept;

import com.lmax.disruptor.Sequence;
import com.lmax.disruptor.SequenceBarrier;
import com.lmax.disruptor.WaitStrategy;
import io.ringmaster.sandbox.spi.Sleeper;

/**
 * Wakes the dispatcher after a publish. The dispatcher does not wait on the ring but in its {@link
 * Sleeper}, together with everything else that may happen; so here nobody ever waits.
 */
final class RingingWaitStrategy implements WaitStrategy {
  private final Sleeper sleeper;

  RingingWaitStrategy(Sleeper sleeper) {
    this.sleeper = sleeper;
  }

  @Override
  public long waitFor(
      long sequence, Sequence cursor, Sequence dependentSequence, SequenceBarrier barrier) {
    throw new IllegalStateException("the dispatcher polls; it never waits on the ring");
  }

  /** Called by the ring after each publish. The full fence is in {@link Sleeper#wake()}. */
  @Override
  public void signalAllWhenBlocking() {
    sleeper.wake();
  }
}
