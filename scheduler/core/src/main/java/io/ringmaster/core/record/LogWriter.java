package io.ringmaster.core.record;

import io.ringmaster.core.record.StoreFeed.Chunk;
import io.ringmaster.persistence.spi.LogStore;
import java.io.IOException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.agrona.concurrent.Agent;

/**
 * Appends to the log store what the {@link StoreFeed} hands over. Its thread may block for as long
 * as the disk does: nobody waits for it. A store that fails (a full disk) is tried again after a
 * second; what comes meanwhile is dropped and counted.
 */
public final class LogWriter implements Agent {
  private static final int CHUNKS = 256;
  private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(200);

  private final StoreFeed feed;
  private final LogStore store;
  private final LongSupplier clockNs;
  private final Consumer<IOException> failures;
  private boolean failing;
  private long retryNs;

  /**
   * @param clockNs the present, as {@link System#nanoTime()}
   * @param failures told once each time that the store begins to fail
   */
  public LogWriter(
      StoreFeed feed, LogStore store, LongSupplier clockNs, Consumer<IOException> failures) {
    this.feed = feed;
    this.store = store;
    this.clockNs = clockNs;
    this.failures = failures;
  }

  @Override
  public String roleName() {
    return "log-writer";
  }

  /**
   * One turn.
   *
   * @return chunks that were taken; 0: it may sleep
   */
  @Override
  public int doWork() {
    if (failing && clockNs.getAsLong() - retryNs >= 0) {
      feed.failing(false); // the next chunk shows whether it still fails
    }
    int taken = 0;
    Chunk chunk;
    while (taken < CHUNKS && (chunk = feed.poll()) != null) {
      try {
        write(chunk);
      } finally {
        feed.written(chunk);
      }
      taken++;
    }
    return taken;
  }

  private void write(Chunk chunk) {
    if (failing && clockNs.getAsLong() - retryNs < 0) {
      lose(chunk);
      return;
    }
    try {
      byte[] bytes = chunk.bytes();
      store.append(chunk.stream().group, chunk.stream().name(), bytes, 0, bytes.length);
      failing = false;
    } catch (IOException e) {
      lose(chunk);
      retryNs = clockNs.getAsLong() + RETRY_NS;
      feed.failing(true);
      if (!failing) {
        failing = true;
        failures.accept(e);
      }
    }
  }

  private void lose(Chunk chunk) {
    long records = 0;
    for (byte b : chunk.bytes()) {
      if (b == '\n') {
        records++;
      }
    }
    records = Math.max(1, records);
    chunk.stream().lost(records, chunk.bytes().length);
    feed.dropped(records);
  }

  /** Sleeps until something is handed over, but for no longer than 200 ms. */
  public void await() {
    feed.sleep(SLEEP_NS);
  }

  /** Ends a sleep. Any thread. */
  public void wake() {
    feed.wake();
  }
}
