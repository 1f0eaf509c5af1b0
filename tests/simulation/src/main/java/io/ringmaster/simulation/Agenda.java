package io.ringmaster.simulation;

import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * What is to happen when, in a world of milliseconds: at equal times in the order of planning. What
 * a process planned goes with it.
 */
final class Agenda {
  private record Planned(long atMs, long order, int process, Runnable happening) {}

  private static final int NOBODYS = -1;

  private final PriorityQueue<Planned> planned =
      new PriorityQueue<>(Comparator.comparingLong(Planned::atMs).thenComparing(Planned::order));
  private long nowMs;
  private long order;
  private int process;

  Agenda(long nowMs) {
    this.nowMs = nowMs;
  }

  long nowMs() {
    return nowMs;
  }

  /** Something that happens whatever becomes of the process. */
  void plan(long afterMs, Runnable happening) {
    planned.add(new Planned(nowMs + afterMs, order++, NOBODYS, happening));
  }

  /** Something that this process has begun. */
  void planInProcess(long afterMs, Runnable happening) {
    planned.add(new Planned(nowMs + afterMs, order++, process, happening));
  }

  /** The process ends; what it had begun does not happen. */
  void endProcess() {
    process++;
    planned.removeIf(each -> each.process() != NOBODYS);
  }

  /** When the next thing happens; {@link Long#MAX_VALUE}: never. */
  long nextMs() {
    return planned.isEmpty() ? Long.MAX_VALUE : planned.peek().atMs();
  }

  /** Lets time pass up to a moment, and everything happen that is planned up to then. */
  void passTo(long untilMs) {
    nowMs = Math.max(nowMs, untilMs);
    while (nextMs() <= nowMs) {
      planned.poll().happening().run();
    }
  }
}
