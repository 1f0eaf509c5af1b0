package io.ringmaster.core.event;

import io.ringmaster.core.event.EventFigures.Total;
import io.ringmaster.persistence.spi.Journal;
import java.lang.System.Logger.Level;
import java.util.concurrent.atomic.AtomicInteger;

/** Takes over what is owed, before the agent is turned. One thread. */
final class RecoveredEvents implements Journal.Recovery {
  private static final int PROGRESS_PARTS = 10;

  private final EventAgent agent;
  private final AtomicInteger owed;
  private final EventFigures figures;
  private final long nowMs;
  private final long latestMs;
  private int count;
  private long partsTold;

  /**
   * @param owed counts them
   */
  RecoveredEvents(
      EventAgent agent, AtomicInteger owed, EventFigures figures, long nowMs, long retryBaseMs) {
    this.agent = agent;
    this.owed = owed;
    this.figures = figures;
    this.nowMs = nowMs;
    // A clock that was set back must not keep an event waiting.
    latestMs = nowMs + Math.max(retryBaseMs * EventSettings.RETRIES_MAX, Backoff.MAX_MS);
  }

  int count() {
    return count;
  }

  @Override
  public void owed(
      long handle,
      long idHigh,
      long idLow,
      String lane,
      long acceptedMs,
      long dueMs,
      int attempt,
      int bodyBytes) {
    count++;
    owed.incrementAndGet();
    figures.count(Total.RECOVERED);
    agent.add(handle, lane, Math.min(acceptedMs, nowMs), Math.min(dueMs, latestMs), attempt, null);
  }

  @Override
  public void progress(long bytes, long bytesTotal) {
    long parts = bytesTotal == 0 ? 0 : bytes * PROGRESS_PARTS / bytesTotal;
    if (parts > partsTold) {
      partsTold = parts;
      EventAgent.LOG.log(
          Level.INFO, "events: {0} of {1} bytes of the journal read", bytes, bytesTotal);
    }
  }
}
