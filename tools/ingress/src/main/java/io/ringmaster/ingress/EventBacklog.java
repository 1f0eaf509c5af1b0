package io.ringmaster.ingress;

import io.ringmaster.api.Engine;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.LongAdder;

/**
 * Invocations of type {@code Event} between their 202 and their end: in memory, bounded in number
 * and bytes, lost with the process. What is throttled is tried again, later and later, for six
 * hours at most; what fails is counted and not tried again yet. Any thread.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What runs here throws nothing.
public final class EventBacklog {
  private static final int RUNNING_MAX = 256;
  private static final int LANE_RUNNING_MAX = 32;
  private static final long BYTES_MAX = 256L << 20;

  /** What an event costs besides its payload and its texts, about. */
  private static final int EVENT_BYTES = 256;

  private static final long AGE_MAX_NS = TimeUnit.HOURS.toNanos(6);
  private static final long DELAY_FIRST_MS = 1000;
  private static final long DELAY_MAX_MS = 300_000;

  private static final System.Logger LOG = System.getLogger(EventBacklog.class.getName());

  /** One event. */
  private static final class Event {
    final InvokeRequest request;
    final Lane lane;
    final long acceptedNs = System.nanoTime();
    int tries;

    Event(InvokeRequest request, Lane lane) {
      this.request = request;
      this.lane = lane;
    }
  }

  /** The events of one function: it holds up nobody else's. */
  private static final class Lane {
    final Key key;
    final ArrayDeque<Event> due = new ArrayDeque<>();
    int owed;
    int running;
    boolean ready;

    Lane(Key key) {
      this.key = key;
    }
  }

  /** Whose function. */
  private record Key(Owner owner, String function) {}

  private final Engine engine;
  private final int eventsMax;
  private final ScheduledThreadPoolExecutor later;

  private final LongAdder accepted = new LongAdder();
  private final LongAdder succeeded = new LongAdder();
  private final LongAdder failed = new LongAdder();
  private final LongAdder throttled = new LongAdder();
  private final LongAdder expiredEvents = new LongAdder();
  private final LongAdder droppedEvents = new LongAdder();

  // Guarded by this.
  private final Map<Key, Lane> lanes = new HashMap<>();
  private final ArrayDeque<Lane> ready = new ArrayDeque<>();
  private final Set<Event> delayed = new HashSet<>();
  private int owed;
  private long bytes;
  private int running;
  private boolean closed;

  /**
   * @param eventsMax how many may wait at once, 1 or more
   */
  public EventBacklog(Engine engine, int eventsMax) {
    this.engine = engine;
    this.eventsMax = eventsMax;
    later =
        new ScheduledThreadPoolExecutor(
            1,
            run -> {
              Thread thread = new Thread(run, "ringmaster-events");
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
   * @param request with an owner and a request id: what its client is told; every attempt has it
   * @return false: it is full
   */
  public boolean accept(InvokeRequest request) {
    long length = bytes(request);
    synchronized (this) {
      if (closed || owed >= eventsMax || bytes + length > BYTES_MAX) {
        return false;
      }
      owed++;
      bytes += length;
      Key key = new Key(request.owner(), request.function());
      Lane lane = lanes.computeIfAbsent(key, Lane::new);
      lane.owed++;
      lane.due.add(new Event(request, lane));
      makeReady(lane);
    }
    accepted.increment();
    run();
    return true;
  }

  private static long bytes(InvokeRequest request) {
    return EVENT_BYTES
        + request.payload().length
        + bytes(request.function())
        + bytes(request.qualifier())
        + bytes(request.clientContext())
        + bytes(request.traceHeader());
  }

  private static long bytes(String text) {
    return text == null ? 0 : 2L * text.length();
  }

  /** Lanes take turns; one is there once, and only if it has something that may run. */
  private void makeReady(Lane lane) {
    if (!lane.ready && !lane.due.isEmpty() && lane.running < LANE_RUNNING_MAX) {
      lane.ready = true;
      ready.add(lane);
    }
  }

  /** Events that were accepted and have no outcome. */
  public synchronized int waiting() {
    return owed;
  }

  private void run() {
    while (true) {
      Event next;
      synchronized (this) {
        if (closed || running >= RUNNING_MAX || ready.isEmpty()) {
          return;
        }
        Lane lane = ready.poll();
        lane.ready = false;
        next = lane.due.poll();
        lane.running++;
        running++;
        makeReady(lane);
      }
      try {
        engine.invokeAsync(next.request).thenAccept(result -> settled(next, result));
      } catch (RuntimeException | Error fault) { // its places are others' all the same
        LOG.log(System.Logger.Level.ERROR, "an accepted event could not be run", fault);
        synchronized (this) {
          leave(next);
          forget(next);
          makeReady(next.lane);
        }
        failed.increment();
      }
    }
  }

  /** It runs no more. Under the lock. */
  private void leave(Event event) {
    running--;
    event.lane.running--;
  }

  /** It has an outcome. Under the lock. */
  private void forget(Event event) {
    owed--;
    bytes -= bytes(event.request);
    if (--event.lane.owed == 0) {
      lanes.remove(event.lane.key);
    }
    notifyAll();
  }

  private void settled(Event event, InvocationResult result) {
    Refusal refusal = result.refusal();
    boolean again = refusal != null && passing(refusal);
    boolean expired = System.nanoTime() - event.acceptedNs > AGE_MAX_NS;
    boolean last;
    synchronized (this) {
      last = closed;
      leave(event);
      if (again && !expired && !last) {
        long delay = Math.min(DELAY_MAX_MS, DELAY_FIRST_MS << Math.min(event.tries++, 10));
        delayed.add(event);
        later.schedule(() -> again(event), delay, TimeUnit.MILLISECONDS);
      } else {
        forget(event);
      }
      makeReady(event.lane);
    }
    LongAdder outcome =
        again
            ? expired ? expiredEvents : last ? droppedEvents : throttled
            : result.succeeded() ? succeeded : failed;
    outcome.increment();
    run();
  }

  /** Throttles, faults of the platform, and a version that an alias means and that is pending. */
  private static boolean passing(Refusal refusal) {
    int status = refusal.statusCode();
    return status == 429 || status == 409 || status >= 500;
  }

  private void again(Event event) {
    synchronized (this) {
      if (!delayed.remove(event)) {
        return;
      }
      event.lane.due.add(event);
      makeReady(event.lane);
    }
    run();
  }

  /**
   * What was counted: {@code eventsAccepted, eventsSucceeded, eventsFailed, eventsThrottled,
   * eventsExpired, eventsDropped}, and {@code eventsWaiting}.
   */
  public Map<String, Long> counters() {
    Map<String, Long> values = new LinkedHashMap<>();
    values.put("eventsAccepted", accepted.sum());
    values.put("eventsSucceeded", succeeded.sum());
    values.put("eventsFailed", failed.sum());
    values.put("eventsThrottled", throttled.sum());
    values.put("eventsExpired", expiredEvents.sum());
    values.put("eventsDropped", droppedEvents.sum());
    values.put("eventsWaiting", (long) waiting());
    return values;
  }

  /**
   * Lets what was accepted run, the delayed ones at once, until there is none or time is up.
   *
   * @param deadlineNs of {@link System#nanoTime}
   */
  public void drain(long deadlineNs) throws InterruptedException {
    List<Event> waiting;
    synchronized (this) {
      waiting = List.copyOf(delayed);
    }
    waiting.forEach(this::again);
    synchronized (this) {
      while (owed > 0) {
        long left = TimeUnit.NANOSECONDS.toMillis(deadlineNs - System.nanoTime());
        if (left <= 0) {
          return;
        }
        wait(left);
      }
    }
  }

  /**
   * Begins nothing more. What runs still has an outcome, which is counted.
   *
   * @return how many events have no outcome and get none
   */
  public int close() {
    int dropped;
    synchronized (this) {
      closed = true;
      dropped = owed - running;
      ready.clear();
      lanes.clear();
      delayed.clear();
    }
    later.shutdown();
    droppedEvents.add(dropped);
    return dropped;
  }
}
