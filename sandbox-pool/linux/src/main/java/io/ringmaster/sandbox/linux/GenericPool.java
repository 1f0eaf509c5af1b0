package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import java.util.ArrayDeque;
import java.util.concurrent.TimeUnit;

/**
 * The generic sandboxes of one interpreter, for Java of one class of memory sizes too, and the
 * environments that wait for one. How many are kept ready follows demand: the configured floor, and
 * as many more as were used lately in the time that a burst leaves for refilling; none when nobody
 * wanted any for long.
 *
 * <p>Dispatcher only, but for the final fields.
 */
final class GenericPool {
  /** After so many processes in a row that never became generic, nobody waits for the next. */
  private static final int FAILURES_MAX = 3;

  /** Cold starts of so long ago count 1/e. */
  private static final double DEMAND_MEMORY_NS = 10e9;

  /** What is kept beyond the floor covers the demand of so long. */
  private static final double COVERED_NS = 250e6;

  /** A pool that nobody wanted anything of for so long keeps nothing ready. */
  static final long IDLE_NS = TimeUnit.MINUTES.toNanos(10);

  /**
   * So many are coming that nobody waits for: others' cold starts lie behind them, and behind no
   * more.
   */
  private static final int REFILL_MAX = 16;

  /** Number of the zygote on the wire, where there is one. */
  final int zygote;

  final Interpreter interpreter;

  /** Memory size in MiB of the functions it can serve at most; 0: of any. */
  final int memoryMb;

  private final int ceiling;

  /** How many are kept ready while it is wanted at all. */
  private int floor;

  final ArrayDeque<SandboxProcess> ready = new ArrayDeque<>();
  final ArrayDeque<Environment> waiting = new ArrayDeque<>();

  /** Asked for and not generic yet: state FORKING or STARTING. */
  int coming;

  /** Processes in a row that never became generic; of those that were lost at once, one. */
  private int failures;

  /** Processes up to this number were asked for before the last counted failure was known. */
  private int failuresUpTo;

  private double demandPerNs;
  private long demandNs;
  private long wantedNs;

  /**
   * @param zygote a number of its own
   * @param memoryMb largest memory size in MiB of its functions; 0: it does not matter
   * @param floor how many are kept ready while it is wanted at all
   * @param ceiling how many are kept ready at most
   * @param nowNs the pool is wanted from then on
   */
  GenericPool(
      int zygote, Interpreter interpreter, int memoryMb, int floor, int ceiling, long nowNs) {
    this.zygote = zygote;
    this.interpreter = interpreter;
    this.memoryMb = memoryMb;
    this.floor = floor;
    this.ceiling = ceiling;
    this.wantedNs = nowNs;
    this.demandNs = nowNs;
  }

  int floor() {
    return floor;
  }

  /** Its part of what there is for several pools is another from now on. */
  void floor(int count) {
    floor = count;
  }

  /** Whether a zygote forks its sandboxes; else each is an interpreter that was started. */
  boolean forks() {
    return forks(interpreter);
  }

  static boolean forks(Interpreter interpreter) {
    return interpreter.family().equals("python");
  }

  /** One of its processes is generic: they can be made. */
  void succeeded() {
    failures = 0;
  }

  /**
   * One of its processes never became generic.
   *
   * @param number that process's
   * @param lastNumber the last that was asked for: what becomes of these tells nothing new
   */
  void failed(int number, int lastNumber) {
    if (number > failuresUpTo) {
      failures++;
      failuresUpTo = lastNumber;
    }
  }

  /** Somebody waits who has not seen it fail: it is tried once more. */
  void tryAgain() {
    failures = Math.min(failures, FAILURES_MAX - 1);
  }

  /** Whether its processes cannot be made. */
  boolean isBroken() {
    return failures >= FAILURES_MAX;
  }

  /** One more cold start. */
  void demanded(long nowNs) {
    demandPerNs = decayed(nowNs) + 1 / DEMAND_MEMORY_NS;
    demandNs = nowNs;
    wantedNs = nowNs;
  }

  /** A function that it may serve was announced. */
  void announced(long nowNs) {
    wantedNs = nowNs;
  }

  /**
   * When it keeps nothing ready any more, if nobody wants anything of it until then. Processes that
   * were forked share what they have with their zygote and cost little: those stay.
   *
   * @return {@link Long#MAX_VALUE}: never
   */
  long idleAtNs() {
    return forks() ? Long.MAX_VALUE : wantedNs + IDLE_NS;
  }

  private boolean isIdle(long nowNs) {
    return !forks() && nowNs - wantedNs >= IDLE_NS;
  }

  /** Whether nothing would be lost with it. */
  boolean isOver(long nowNs) {
    return isIdle(nowNs) && ready.isEmpty() && waiting.isEmpty() && coming == 0;
  }

  private double decayed(long nowNs) {
    return demandPerNs * Math.exp(-(nowNs - demandNs) / DEMAND_MEMORY_NS);
  }

  /** How many should be ready. */
  int target(long nowNs) {
    if (isIdle(nowNs)) {
      return 0;
    }
    int extra = (int) Math.round(decayed(nowNs) * COVERED_NS);
    return Math.min(Math.max(floor, ceiling), floor + extra);
  }

  /**
   * One more is asked for.
   *
   * @return whether it is awaited: more environments wait than others are coming
   */
  boolean ask() {
    return coming++ < waiting.size();
  }

  /**
   * Nobody waits for one that came. One that was awaited did not prepare itself: it is used last.
   */
  void keep(SandboxProcess process) {
    if (process.awaited) {
      ready.addFirst(process);
    } else {
      ready.addLast(process);
    }
  }

  /** How many to ask for now; others when these are generic. */
  int missing(long nowNs) {
    int refill = Math.min(target(nowNs) - ready.size(), REFILL_MAX);
    return refill + waiting.size() - coming;
  }
}
