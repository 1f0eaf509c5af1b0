package io.ringmaster.server;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineException;
import io.ringmaster.api.EngineStatus;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * The engine's report for pages: asked for at most twice a second however often a page is, and
 * waited for at most a second: a dispatcher that does not answer keeps one thread waiting, its own,
 * and no page. Any thread.
 */
final class StatusReports {
  private static final long FRESH_NS = Duration.ofMillis(500).toNanos();
  private static final long PATIENCE_MS = 1_000;

  private final Engine engine;

  // Guarded by this.
  private CompletableFuture<EngineStatus> report;
  private long askedNs;

  StatusReports(Engine engine) {
    this.engine = engine;
  }

  /**
   * A report that is at most half a second old.
   *
   * @throws EngineException the dispatcher does not answer
   */
  EngineStatus get() {
    try {
      return ask().get(PATIENCE_MS, TimeUnit.MILLISECONDS);
    } catch (TimeoutException e) {
      throw new EngineException("the dispatcher does not answer", e);
    } catch (ExecutionException e) {
      throw new EngineException("no report: " + e.getCause().getMessage(), e.getCause());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new EngineException("interrupted", e);
    }
  }

  /** The report under way, or a fresh one, or a new question. */
  private synchronized CompletableFuture<EngineStatus> ask() {
    long nowNs = System.nanoTime();
    if (report == null || report.isDone() && nowNs - askedNs > FRESH_NS) {
      CompletableFuture<EngineStatus> next = new CompletableFuture<>();
      report = next;
      askedNs = nowNs;
      Thread.ofPlatform().daemon().name("ringmaster-status").start(() -> answer(next));
    }
    return report;
  }

  private void answer(CompletableFuture<EngineStatus> next) {
    try {
      next.complete(engine.status());
    } catch (RuntimeException e) {
      next.completeExceptionally(e);
    }
  }
}
