package io.ringmaster.lambdahttp;

import io.ringmaster.ingress.BoundedThreads;
import java.time.Duration;
import java.util.List;

/**
 * Threads for what may wait, each sort with its own: who fetches packages from slow buckets, or
 * waits for files, delays nobody who asks for health or brings an event. Any thread.
 */
final class Threads {
  private static final int ACCEPTING = 4;
  private static final int FETCHING = 4;
  private static final int SHOWING = 2;
  private static final int READING = 4;
  private static final int WAITING_MAX = 1024;

  /** Management calls. */
  final BoundedThreads operations;

  /** Events that are checked and kept, dry runs. */
  final BoundedThreads accepts =
      new BoundedThreads("ringmaster-http-accept", ACCEPTING, WAITING_MAX);

  /** Packages that come from buckets, and the calls they are for. */
  final BoundedThreads fetches = new BoundedThreads("ringmaster-http-fetch", FETCHING, WAITING_MAX);

  /** The server's own pages: health, status, metrics. */
  final BoundedThreads pages = new BoundedThreads("ringmaster-http-page", SHOWING, WAITING_MAX);

  /** The server's own pages that may wait for files: a second for logs, again and again. */
  final BoundedThreads reads = new BoundedThreads("ringmaster-http-read", READING, WAITING_MAX);

  /**
   * @param operating threads for management calls
   */
  Threads(int operating) {
    operations = new BoundedThreads("ringmaster-http-management", operating, WAITING_MAX);
  }

  /**
   * Ends them; what runs may finish until then.
   *
   * @param deadlineNs of {@link System#nanoTime}
   * @return false: something still runs
   */
  boolean close(long deadlineNs) throws InterruptedException {
    List<BoundedThreads> all = List.of(operations, accepts, fetches, pages, reads);
    for (BoundedThreads each : all) {
      each.close(Duration.ZERO);
    }
    boolean ended = true;
    for (BoundedThreads each : all) {
      ended &= each.close(Duration.ofNanos(Math.max(0, deadlineNs - System.nanoTime())));
    }
    return ended;
  }
}
