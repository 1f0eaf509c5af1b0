package io.ringmaster.cli.client;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Closes what nothing has come from for too long, while somebody waits for it. Who reads says when
 * it waits.
 */
final class Silence implements Closeable {
  private final InputStream source;
  private final long mostNs;
  private final CountDownLatch over = new CountDownLatch(1);
  private final LongSupplier clockNs;
  private volatile boolean waits = true;
  private volatile long sinceNs;

  Silence(InputStream source, Duration most) {
    this(source, most, System::nanoTime);
  }

  /**
   * @param clockNs any thread asks it
   */
  Silence(InputStream source, Duration most, LongSupplier clockNs) {
    this.source = source;
    this.mostNs = most.toNanos();
    this.clockNs = clockNs;
    sinceNs = clockNs.getAsLong();
    Thread.ofPlatform().daemon().name("ringmaster-silence").start(this::watch);
  }

  /** The reader waits from now on, or no longer. */
  void waits(boolean now) {
    sinceNs = clockNs.getAsLong();
    waits = now;
  }

  private void watch() {
    try {
      while (!over.await(mostNs / 4, TimeUnit.NANOSECONDS)) {
        long nowNs = clockNs.getAsLong();
        if (waits && nowNs - sinceNs > mostNs) {
          source.close();
        }
      }
    } catch (IOException | InterruptedException e) {
      Thread.currentThread().interrupt(); // the reader hears of it
    }
  }

  @Override
  public void close() {
    over.countDown();
  }
}
