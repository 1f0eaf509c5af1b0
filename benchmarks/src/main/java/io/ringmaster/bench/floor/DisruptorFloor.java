package io.ringmaster.bench.floor;

import com.lmax.disruptor.EventHandler;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import com.lmax.disruptor.dsl.Disruptor;
import com.lmax.disruptor.dsl.ProducerType;
import io.ringmaster.bench.harness.Probe;

/**
 * Floor of {@code dispatch.injvm}: a bare Disruptor, one producer, a first and a second consumer
 * behind each other. The first does the handler's work, copying 64 bytes; the second takes notice.
 *
 * <p>The ring has as many places as the product has invocations in flight. Consumers exist during a
 * round only. Ordering: the Disruptor's own sequences; {@code received} is written by the second
 * consumer and read after it ended.
 */
public final class DisruptorFloor implements Probe {
  private static final int PAYLOAD_BYTES = 64;

  private final int inFlight;
  private final byte[] payload = new byte[PAYLOAD_BYTES];
  private long samples;
  private long received;

  /** A place of the ring. */
  private static final class Entry {
    byte[] event;
    final byte[] answer = new byte[PAYLOAD_BYTES];
  }

  /**
   * @param inFlight size of the ring, a power of two
   */
  public DisruptorFloor(int inFlight) {
    this.inFlight = inFlight;
  }

  @Override
  public double round(long durationNs) {
    Disruptor<Entry> disruptor =
        new Disruptor<>(
            Entry::new,
            inFlight,
            runnable -> Thread.ofPlatform().name("bench-disruptor").daemon().unstarted(runnable),
            ProducerType.SINGLE,
            new YieldingWaitStrategy());
    EventHandler<Entry> handler =
        (entry, sequence, endOfBatch) ->
            System.arraycopy(entry.event, 0, entry.answer, 0, PAYLOAD_BYTES);
    EventHandler<Entry> completion =
        (entry, sequence, endOfBatch) -> received += entry.answer[0] + 1;
    disruptor.handleEventsWith(handler).then(completion);
    RingBuffer<Entry> ring = disruptor.start();
    long begin = System.nanoTime();
    long end = begin + durationNs;
    long published = 0;
    long now;
    do {
      for (int i = 0; i < inFlight; i++) {
        long sequence = ring.next();
        ring.get(sequence).event = payload;
        ring.publish(sequence);
      }
      published += inFlight;
      now = System.nanoTime();
    } while (now - end < 0);
    disruptor.shutdown(); // waits until all is consumed
    now = System.nanoTime();
    samples += published;
    return published * 1e9 / (now - begin);
  }

  /** What came through in all: shows that nothing was skipped. */
  public long received() {
    return received;
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public void close() {
    // Nothing is open between rounds.
  }
}
