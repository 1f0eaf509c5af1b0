package io.ringmaster.core.event;

import io.ringmaster.persistence.spi.Journal;
import java.lang.System.Logger.Level;

/** Takes over what is owed, before the agent is turned. One thread. */
final class RecoveredEvents implements Journal.Recovery {
  private static final int PROGRESS_PARTS = 10;

  private final EventAgent agent;
  private final Backlog backlog;
  private final EventFigures figures;
  private final EventClock clock;
  private final long delayMaxMs;
  private int count;
  private long partsTold;
  private long newestMs = Long.MIN_VALUE;

  RecoveredEvents(
      EventAgent agent, Backlog backlog, EventFigures figures, EventClock clock, long retryBaseMs) {
    this.agent = agent;
    this.backlog = backlog;
    this.figures = figures;
    this.clock = clock;
    delayMaxMs = Math.max(retryBaseMs * EventSettings.RETRIES_MAX, Backoff.MAX_MS);
  }

  /** When the newest of them was accepted; {@link Long#MIN_VALUE}: there is none. */
  long newestMs() {
    return newestMs;
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
    String functionArn = Lane.functionArn(lane);
    backlog.add(lane, bodyBytes);
    figures.recovered(functionArn);
    newestMs = Math.max(newestMs, acceptedMs);
    clock.notBefore(acceptedMs);
    // Whatever the clocks were, none waits longer than it would have.
    long latestMs = clock.nowMs() + delayMaxMs;
    agent.add(handle, lane, acceptedMs, Math.min(dueMs, latestMs), attempt, bodyBytes, null);
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
