package io.ringmaster.lambdahttp;

import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import java.util.ArrayDeque;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * Invocations of type {@code Event} between their 202 and their end: in memory, bounded in number
 * and bytes, lost with the process. What is throttled is tried again, later and later, for six
 * hours at most; what fails is counted and not tried again yet. Any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What runs here throws nothing.
final class Backlog {
  private static final int RUNNING_MAX = 256;
  private static final long BYTES_MAX = 256L << 20;
  private static final long AGE_MAX_NS = TimeUnit.HOURS.toNanos(6);
  private static final long DELAY_FIRST_MS = 1000;
  private static final long DELAY_MAX_MS = 300_000;

  /** One event. */
  private static final class Event {
    final InvokeRequest request;
    final long acceptedNs = System.nanoTime();
    int tries;

    Event(InvokeRequest request) {
      this.request = request;
    }
  }

  private final Ingress ingress;
  private final ScheduledThreadPoolExecutor later;

  // Guarded by this.
  private final ArrayDeque<Event> due = new ArrayDeque<>();
  private int owed;
  private long bytes;
  private int running;
  private boolean closed;

  Backlog(Ingress ingress) {
    this.ingress = ingress;
    later =
        new ScheduledThreadPoolExecutor(
            1,
            run -> {
              Thread thread = new Thread(run, "ringmaster-http-events");
              thread.setDaemon(true);
              return thread;
            });
    later.setRemoveOnCancelPolicy(true);
    later.setKeepAliveTime(10, TimeUnit.SECONDS);
    later.allowCoreThreadTimeOut(true);
    later.setExecuteExistingDelayedTasksAfterShutdownPolicy(false);
  }

  /**
   * Accepts one.
   *
   * @return false: it is full
   */
  boolean accept(
      Owner owner,
      String function,
      String qualifier,
      byte[] payload,
      String clientContext,
      String trace) {
    synchronized (this) {
      if (closed || owed >= ingress.config().backlogMax() || bytes + payload.length > BYTES_MAX) {
        return false;
      }
      owed++;
      bytes += payload.length;
      due.add(
          new Event(
              InvokeRequest.of(function, payload)
                  .withOwner(owner)
                  .withQualifier(qualifier)
                  .withClientContext(clientContext)
                  .withTraceHeader(trace)));
    }
    ingress.count(Ingress.Counter.EVENTS_ACCEPTED);
    run();
    return true;
  }

  /** Events that were accepted and have no outcome. */
  synchronized int waiting() {
    return owed;
  }

  private void run() {
    while (true) {
      Event next;
      synchronized (this) {
        if (closed || running >= RUNNING_MAX || due.isEmpty()) {
          return;
        }
        next = due.poll();
        running++;
      }
      ingress.engine().invokeAsync(next.request).thenAccept(result -> settled(next, result));
    }
  }

  private void settled(Event event, InvocationResult result) {
    Refusal refusal = result.refusal();
    boolean again = refusal != null && (refusal.statusCode() == 429 || refusal.statusCode() >= 500);
    boolean expired = System.nanoTime() - event.acceptedNs > AGE_MAX_NS;
    synchronized (this) {
      running--;
      if (again && !expired && !closed) {
        long delay = Math.min(DELAY_MAX_MS, DELAY_FIRST_MS << Math.min(event.tries++, 10));
        later.schedule(() -> again(event), delay, TimeUnit.MILLISECONDS);
      } else {
        owed--;
        bytes -= event.request.payload().length;
      }
    }
    ingress.count(
        again
            ? expired ? Ingress.Counter.EVENTS_EXPIRED : Ingress.Counter.EVENTS_THROTTLED
            : result.succeeded()
                ? Ingress.Counter.EVENTS_SUCCEEDED
                : Ingress.Counter.EVENTS_FAILED);
    run();
  }

  private void again(Event event) {
    synchronized (this) {
      due.add(event);
    }
    run();
  }

  /** Begins nothing more. */
  void close() {
    synchronized (this) {
      closed = true;
      due.clear();
    }
    later.shutdown();
  }
}
