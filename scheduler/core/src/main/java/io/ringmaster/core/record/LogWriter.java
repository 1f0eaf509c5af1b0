package io.ringmaster.core.record;

import io.ringmaster.core.record.StoreFeed.Chunk;
import io.ringmaster.persistence.spi.LogStore;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.agrona.concurrent.Agent;

/**
 * Appends to the log store what the {@link StoreFeed} hands over. Its thread may block for as long
 * as the disk does: nobody waits for it. A stream that the store fails for (a full disk, a name
 * that cannot be) is tried again after a second; what comes meanwhile is dropped and counted, of
 * that stream alone.
 */
public final class LogWriter implements Agent {
  private static final int CHUNKS = 256;
  private static final byte[] NEWLINE = {'\n'};
  private static final long RETRY_NS = TimeUnit.SECONDS.toNanos(1);
  private static final long TOLD_NS = TimeUnit.MINUTES.toNanos(1);
  private static final long SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(200);
  private static final long EXPIRE_NS = TimeUnit.MINUTES.toNanos(10);

  private final StoreFeed feed;
  private final LogStore store;
  private final LongSupplier clockNs;
  private final LongSupplier epochClockMs;
  private final Consumer<IOException> failures;

  /** Streams that the store failed for, in the order in which they are tried again. */
  private final ArrayDeque<StoredStream> failing = new ArrayDeque<>();

  private boolean told;
  private long toldNs;
  private long expireNs;

  /**
   * @param clockNs the present, as {@link System#nanoTime()}
   * @param epochClockMs the present, as {@link System#currentTimeMillis()}
   * @param failures told when the store begins to fail for a stream, but once a minute at most
   */
  public LogWriter(
      StoreFeed feed,
      LogStore store,
      LongSupplier clockNs,
      LongSupplier epochClockMs,
      Consumer<IOException> failures) {
    this.feed = feed;
    this.store = store;
    this.clockNs = clockNs;
    this.epochClockMs = epochClockMs;
    this.expireNs = clockNs.getAsLong();
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
    long nowNs = clockNs.getAsLong();
    while (!failing.isEmpty() && !failing.peek().pauses(nowNs)) {
      failing.poll().retry(); // its next chunk shows whether it still fails
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
    if (nowNs - expireNs >= 0) {
      expireNs = nowNs + EXPIRE_NS;
      expire(nowNs);
    }
    return taken;
  }

  /** What is too old goes. */
  private void expire(long nowNs) {
    try {
      store.expire(epochClockMs.getAsLong());
    } catch (IOException e) {
      tell(e, nowNs);
    }
  }

  private void write(Chunk chunk) {
    StoredStream stream = chunk.stream();
    long nowNs = clockNs.getAsLong();
    if (stream.pauses(nowNs)) {
      lose(chunk);
      return;
    }
    try {
      byte[] bytes = chunk.bytes();
      if (stream.cut()) {
        store.append(stream.group, stream.name(), chunk.epochMs(), NEWLINE, 0, 1);
      }
      store.append(stream.group, stream.name(), chunk.epochMs(), bytes, 0, bytes.length);
      stream.written(bytes);
    } catch (IOException e) {
      lose(chunk);
      stream.fails(nowNs + RETRY_NS);
      failing.add(stream);
      tell(e, nowNs);
    }
  }

  private void tell(IOException failure, long nowNs) {
    if (!told || nowNs - toldNs >= TOLD_NS) {
      told = true;
      toldNs = nowNs;
      failures.accept(failure);
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
