package io.ringmaster.core.timer;

import io.ringmaster.core.model.Timed;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.agrona.DeadlineTimerWheel;
import org.agrona.collections.Long2ObjectHashMap;

/**
 * At most one timer for each {@link Timed}. A timer fires at or after its deadline, at most one
 * tick (about a millisecond) late. Allocates nothing when warm.
 *
 * <p>The wheel is walked tick by tick only where a timer may be: time in which none is due is
 * skipped, however long it was.
 */
public final class Timers {
  private static final long TICK_NS = 1L << 20;
  private static final int TICKS = 1024;
  private static final int TIMERS_PER_TICK = 16;
  private static final int EXPIRE_LIMIT = 256;

  private final DeadlineTimerWheel wheel;
  private final Long2ObjectHashMap<Timed> byId = new Long2ObjectHashMap<>(1024, 0.55f);
  private final List<Timed> expired = new ArrayList<>();
  private final DeadlineTimerWheel.TimerHandler collect = this::collect;
  private final DeadlineTimerWheel.TimerConsumer findEarliest = this::findEarliest;

  /** No timer fires before this; may be too early, since cancelling does not move it. */
  private long earliestNs = Long.MAX_VALUE;

  private long walked;

  /** Takes what expired. */
  @FunctionalInterface
  public interface Expired {
    /** One expired timer; it may have been overtaken by the handling of another one. */
    void expired(Timed timed);
  }

  /**
   * @param nowNs the present; no deadline may ever be before it
   */
  public Timers(long nowNs) {
    wheel = new DeadlineTimerWheel(TimeUnit.NANOSECONDS, nowNs, TICK_NS, TICKS, TIMERS_PER_TICK);
  }

  /** Sets the timer; it must have none. */
  public void schedule(Timed timed, long deadlineNs) {
    if (timed.timerId != Timed.NO_TIMER) {
      throw new IllegalStateException("has a timer");
    }
    long id = wheel.scheduleTimer(deadlineNs);
    timed.timerId = id;
    byId.put(id, timed);
    if (deadlineNs < earliestNs) {
      earliestNs = deadlineNs;
    }
  }

  /** Takes the timer back, if there is one. */
  public void cancel(Timed timed) {
    if (timed.timerId != Timed.NO_TIMER) {
      wheel.cancelTimer(timed.timerId);
      byId.remove(timed.timerId);
      timed.timerId = Timed.NO_TIMER;
    }
  }

  /** Fires what is due, and tells how many. */
  public int poll(long nowNs, Expired handler) {
    if (wheel.timerCount() == 0) {
      wheel.currentTickTime(nowNs);
      earliestNs = Long.MAX_VALUE;
      return 0;
    }
    wheel.currentTickTime(Math.min(nowNs, earliestNs));
    if (nowNs < earliestNs) {
      return 0;
    }
    do {
      walked++;
      wheel.poll(nowNs, collect, EXPIRE_LIMIT);
    } while (wheel.currentTickTime() <= nowNs && wheel.timerCount() > 0);
    wheel.poll(nowNs, collect, Integer.MAX_VALUE);
    earliestNs = Long.MAX_VALUE;
    wheel.forEach(findEarliest);
    int count = expired.size();
    for (int i = 0; i < count; i++) {
      handler.expired(expired.get(i));
    }
    expired.clear();
    return count;
  }

  private boolean collect(TimeUnit unit, long nowNs, long id) {
    Timed timed = byId.remove(id);
    timed.timerId = Timed.NO_TIMER;
    expired.add(timed);
    return true;
  }

  private void findEarliest(long deadlineNs, long id) {
    earliestNs = Math.min(earliestNs, deadlineNs);
  }

  /** No timer fires before this time; {@link Long#MAX_VALUE}: there is none. */
  public long nextNs() {
    return wheel.timerCount() == 0 ? Long.MAX_VALUE : earliestNs;
  }

  /** How often the wheel was asked for the timers of one of its ticks. */
  long walked() {
    return walked;
  }

  /** Number of timers set. */
  public long count() {
    return wheel.timerCount();
  }
}
