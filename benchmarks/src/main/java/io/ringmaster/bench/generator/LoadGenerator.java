package io.ringmaster.bench.generator;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;
import org.HdrHistogram.ConcurrentHistogram;
import org.HdrHistogram.Histogram;

/**
 * Sends what a plan says and records the latency of each invocation. One run; the thread that calls
 * {@link #run} paces an open loop.
 */
public final class LoadGenerator {
  /** What is not answered by then is recorded with the time it has waited. */
  private static final long END_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);

  private static final long LOOK_NS = 1_000_000;
  private static final long RECORDED_MAX_NS = TimeUnit.HOURS.toNanos(1);
  private static final int DIGITS = 3;

  private final LoadTarget target;
  private final LoadPlan plan;
  private final LoadClock clock;
  private final Slot[] slots;
  private final Histogram latencies = histogram();
  private final Histogram late = histogram();
  private final AtomicLong sent = new AtomicLong();
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong answeredInTime = new AtomicLong();
  private final AtomicLong errors = new AtomicLong();
  private final AtomicReference<String> firstError = new AtomicReference<>();

  // An open loop's free slots; answers put them there, the pacing thread takes them.
  private final Queue<Slot> free = new ConcurrentLinkedQueue<>();
  private final AtomicInteger underWay = new AtomicInteger();
  private volatile Thread pacer;
  private volatile boolean ended;

  // Written before the first submit.
  private long recordFromNs;
  private long endNs;

  private enum State {
    IDLE,
    SUBMITTING,
    UNDER_WAY,
    ANSWERED_MEANWHILE
  }

  /** Where one invocation is. Belongs to whom its state says. */
  private static final class Slot {
    final int index;
    final AtomicReference<State> state = new AtomicReference<>(State.IDLE);
    volatile long dueNs;

    Slot(int index) {
      this.index = index;
    }
  }

  private LoadGenerator(LoadTarget target, LoadPlan plan, LoadClock clock) {
    this.target = target;
    this.plan = plan;
    this.clock = clock;
    slots = new Slot[target.slots()];
    for (int i = 0; i < slots.length; i++) {
      slots[i] = new Slot(i);
    }
  }

  private static Histogram histogram() {
    return new ConcurrentHistogram(RECORDED_MAX_NS, DIGITS);
  }

  /** Runs a plan; blocks for its length, and until what is under way is answered. */
  public static LoadReport run(LoadTarget target, LoadPlan plan) {
    return run(target, plan, LoadClock.SYSTEM);
  }

  static LoadReport run(LoadTarget target, LoadPlan plan, LoadClock clock) {
    return new LoadGenerator(target, plan, clock).run();
  }

  private LoadReport run() {
    pacer = Thread.currentThread();
    target.open(this::answered);
    long beginNs = clock.nowNs();
    recordFromNs = beginNs + plan.warmUpNs();
    endNs = recordFromNs + plan.durationNs();
    if (plan.isOpen()) {
      open(beginNs);
    } else {
      closed();
    }
    awaitAnswers(clock.nowNs() + END_LIMIT_NS);
    ended = true;
    long unanswered = recordUnanswered();
    return new LoadReport(
        plan,
        slots.length,
        sent.get(),
        answered.get(),
        answeredInTime.get(),
        errors.get(),
        unanswered,
        firstError.get(),
        latencies,
        late);
  }

  // ---- closed ----

  private void closed() {
    for (Slot slot : slots) {
      underWay.incrementAndGet();
      again(slot);
    }
    while (clock.nowNs() - endNs < 0) {
      clock.await(endNs);
    }
  }

  /** Submits until an answer does not come at once, or the time is over. */
  private void again(Slot slot) {
    while (true) {
      long nowNs = clock.nowNs();
      if (nowNs - endNs >= 0) {
        slot.state.set(State.IDLE);
        underWay.decrementAndGet();
        LockSupport.unpark(pacer);
        return;
      }
      slot.dueNs = nowNs;
      if (!submit(slot)) {
        return;
      }
    }
  }

  // ---- open ----

  private void open(long beginNs) {
    for (Slot slot : slots) {
      free.add(slot);
    }
    double intervalNs = 1e9 / plan.perSecond();
    long count = Math.max(1, Math.round((endNs - beginNs) / intervalNs));
    long giveUpNs = endNs + END_LIMIT_NS;
    for (long i = 0; i < count; i++) {
      long dueNs = beginNs + Math.round(i * intervalNs);
      while (clock.nowNs() - dueNs < 0) {
        clock.await(dueNs);
      }
      Slot slot = takeFree(giveUpNs);
      if (slot == null) {
        recordNeverSent(beginNs, intervalNs, i, count);
        return;
      }
      slot.dueNs = dueNs;
      if (dueNs - recordFromNs >= 0) {
        record(late, dueNs, clock.nowNs());
      }
      underWay.incrementAndGet();
      if (submit(slot)) {
        giveBack(slot);
      }
    }
  }

  /** Null: there was none in time. */
  private Slot takeFree(long giveUpNs) {
    Slot slot = free.poll();
    while (slot == null && clock.nowNs() - giveUpNs < 0) {
      clock.await(clock.nowNs() + LOOK_NS);
      slot = free.poll();
    }
    return slot;
  }

  /** They were due all the same. */
  private void recordNeverSent(long beginNs, double intervalNs, long from, long count) {
    long nowNs = clock.nowNs();
    for (long i = from; i < count; i++) {
      long dueNs = beginNs + Math.round(i * intervalNs);
      if (dueNs - recordFromNs >= 0) {
        sent.incrementAndGet();
        record(latencies, dueNs, nowNs);
      }
    }
  }

  private void giveBack(Slot slot) {
    slot.state.set(State.IDLE);
    underWay.decrementAndGet();
    free.add(slot);
    LockSupport.unpark(pacer);
  }

  // ---- both ----

  /** Submits; true: the answer is there already, and the slot is the caller's. */
  private boolean submit(Slot slot) {
    if (slot.dueNs - recordFromNs >= 0) {
      sent.incrementAndGet();
    }
    slot.state.set(State.SUBMITTING);
    target.submit(slot.index);
    return !slot.state.compareAndSet(State.SUBMITTING, State.UNDER_WAY);
  }

  private void answered(int index, String error) {
    if (ended) {
      return; // it is recorded as one without an answer
    }
    Slot slot = slots[index];
    long dueNs = slot.dueNs;
    long nowNs = clock.nowNs();
    if (nowNs - recordFromNs >= 0 && nowNs - endNs < 0) {
      answeredInTime.incrementAndGet();
    }
    if (dueNs - recordFromNs >= 0) {
      record(latencies, dueNs, nowNs);
      answered.incrementAndGet();
      if (error != null) {
        errors.incrementAndGet();
        firstError.compareAndSet(null, error);
      }
    }
    if (slot.state.compareAndSet(State.SUBMITTING, State.ANSWERED_MEANWHILE)) {
      return; // who submits goes on with it
    }
    if (plan.isOpen()) {
      giveBack(slot);
    } else {
      again(slot);
    }
  }

  private static void record(Histogram histogram, long fromNs, long toNs) {
    histogram.recordValue(Math.clamp(toNs - fromNs, 1, RECORDED_MAX_NS));
  }

  private void awaitAnswers(long giveUpNs) {
    while (underWay.get() > 0 && clock.nowNs() - giveUpNs < 0) {
      clock.await(clock.nowNs() + LOOK_NS);
    }
  }

  private long recordUnanswered() {
    long nowNs = clock.nowNs();
    long unanswered = sent.get() - answered.get();
    for (Slot slot : slots) {
      if (slot.state.get() == State.UNDER_WAY && slot.dueNs - recordFromNs >= 0) {
        record(latencies, slot.dueNs, nowNs);
      }
    }
    return unanswered;
  }
}
