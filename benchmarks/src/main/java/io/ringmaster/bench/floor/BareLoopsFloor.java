package io.ringmaster.bench.floor;

import io.ringmaster.sandbox.system.LinuxException;

/**
 * Floor of {@code invoke.saturated.*.N}: N bare loops kept busy by one thread, which sleeps in
 * epoll, reads an answer and writes the next request at once. No queue, no limits, no clock.
 *
 * <p>One loop and its driver take turns, and are fastest on one processor: there they run, wherever
 * the scheduler would put them. More loops run anywhere.
 */
public final class BareLoopsFloor extends EpollFloor {
  /** Invocations for each loop, and for each of the product's environments, before it counts. */
  public static final int WARM_UP = 5_000;

  private static final long WARM_UP_PIECE_NS = 10_000_000;

  private final long[] sequences;
  private final int[] allowed = linux.schedGetAffinity(0);

  /**
   * @param count how many, at least 1
   */
  public BareLoopsFloor(BenchRuntime runtime, int count) throws Exception {
    super(runtime, count);
    sequences = new long[count];
    try {
      for (int i = 0; i < count; i++) {
        add(RuntimeProcess.bareLoop(linux, runtime, programs));
      }
      while (samples() < (long) WARM_UP * count) {
        round(WARM_UP_PIECE_NS);
      }
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) throws Exception {
    if (processes.size() > 1) {
      return exchange(durationNs);
    }
    pin(allowed[0]);
    processes.getFirst().pin(allowed[0]);
    try {
      return exchange(durationNs);
    } finally {
      pin(allowed);
    }
  }

  private void pin(int... processors) {
    LinuxException.check("sched_setaffinity", linux.schedSetAffinity(0, processors));
  }

  @Override
  int begin() {
    for (int i = 0; i < sequences.length; i++) {
      send(i);
    }
    return sequences.length;
  }

  @Override
  void answer(int loop, boolean again) {
    long bytes = processes.get(loop).receive(linux, response);
    Frames.checkResponse(response, bytes, sequences[loop]);
    if (again) {
      send(loop);
    }
  }

  private void send(int loop) {
    Frames.sequence(request, ++sequences[loop]);
    processes.get(loop).send(linux, request);
  }
}
