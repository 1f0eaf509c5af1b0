package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import java.util.ArrayDeque;

/**
 * The generic sandboxes of one interpreter, for Java of one class of memory sizes too, and the
 * environments that wait for one. How many are kept ready follows demand: the configured floor, and
 * as many more as were used lately in the time that a burst leaves for refilling.
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

  /** Number of the zygote on the wire, where there is one. */
  final int zygote;

  final Interpreter interpreter;

  /** Memory size in MiB of the functions it can serve at most; 0: of any. */
  final int memoryMb;

  private final int floor;
  private final int ceiling;

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

  /**
   * @param zygote a number of its own
   * @param memoryMb largest memory size in MiB of its functions; 0: it does not matter
   * @param floor how many are always kept ready
   * @param ceiling how many are kept ready at most
   */
  GenericPool(int zygote, Interpreter interpreter, int memoryMb, int floor, int ceiling) {
    this.zygote = zygote;
    this.interpreter = interpreter;
    this.memoryMb = memoryMb;
    this.floor = floor;
    this.ceiling = ceiling;
  }

  /** Whether a zygote forks its sandboxes; else each is an interpreter that was started. */
  boolean forks() {
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
  }

  private double decayed(long nowNs) {
    return demandPerNs * Math.exp(-(nowNs - demandNs) / DEMAND_MEMORY_NS);
  }

  /** How many should be ready. */
  int target(long nowNs) {
    int extra = (int) Math.round(decayed(nowNs) * COVERED_NS);
    return Math.min(Math.max(floor, ceiling), floor + extra);
  }

  /** How many to ask for now. */
  int missing(long nowNs) {
    return target(nowNs) + waiting.size() - ready.size() - coming;
  }
}
