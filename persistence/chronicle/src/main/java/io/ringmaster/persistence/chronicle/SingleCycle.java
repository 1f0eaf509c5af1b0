package io.ringmaster.persistence.chronicle;

import net.openhft.chronicle.queue.RollCycle;
import net.openhft.chronicle.queue.rollcycles.RollCycleArithmetic;

/**
 * Tells Chronicle that a queue never rolls: each of the journal's cycles is a queue of its own.
 * Sparsely indexed, as nobody looks up by index.
 */
final class SingleCycle implements RollCycle {
  static final SingleCycle INSTANCE = new SingleCycle();

  private static final RollCycleArithmetic ARITHMETIC = RollCycleArithmetic.of(2048, 1024);
  private static final int DAY_MS = 24 * 60 * 60 * 1000;

  private SingleCycle() {}

  @Override
  public String format() {
    return "yyyyMMdd";
  }

  @Override
  public int lengthInMillis() {
    return DAY_MS;
  }

  @Override
  public int defaultIndexCount() {
    return ARITHMETIC.indexCount();
  }

  @Override
  public int defaultIndexSpacing() {
    return ARITHMETIC.indexSpacing();
  }

  @Override
  public long toIndex(int cycle, long sequenceNumber) {
    return ARITHMETIC.toIndex(cycle, sequenceNumber);
  }

  @Override
  public long toSequenceNumber(long index) {
    return ARITHMETIC.toSequenceNumber(index);
  }

  @Override
  public int toCycle(long index) {
    return ARITHMETIC.toCycle(index);
  }

  @Override
  public long maxMessagesPerCycle() {
    return ARITHMETIC.maxMessagesPerCycle();
  }
}
