package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.EpollEvents;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Floor of {@code invoke.saturated.*.N}: N bare loops kept busy by one thread, which sleeps in
 * epoll, reads an answer and writes the next request at once. No queue, no limits, no clock.
 *
 * <p>One loop and its driver take turns, and are fastest on one processor: there they run, wherever
 * the scheduler would put them. More loops run anywhere.
 */
public final class BareLoopsFloor implements Probe {
  /** Invocations for each loop, and for each of the product's environments, before it counts. */
  public static final int WARM_UP = 5_000;

  private static final long WARM_UP_PIECE_NS = 10_000_000;

  private final Linux linux = new Linux();
  private final Programs programs;
  private final List<RuntimeProcess> loops = new ArrayList<>();
  private final MemorySegment request = Frames.invoke(linux);
  private final MemorySegment response = linux.allocate(4096);
  private final EpollEvents events;
  private final int epoll = (int) LinuxException.check("epoll_create1", linux.epollCreate());
  private final long[] sequences;
  private final int[] allowed = linux.schedGetAffinity(0);
  private long samples;

  /**
   * @param count how many, at least 1
   */
  public BareLoopsFloor(BenchRuntime runtime, int count) throws IOException {
    programs = Programs.unpack(runtime.language());
    events = linux.epollEvents(count);
    sequences = new long[count];
    try {
      for (int i = 0; i < count; i++) {
        RuntimeProcess loop = RuntimeProcess.bareLoop(linux, runtime, programs);
        loops.add(loop);
        LinuxException.check(
            "epoll_ctl",
            linux.epollControl(epoll, Linux.EPOLL_CTL_ADD, loop.responses, Linux.EPOLLIN, i));
      }
      while (samples < (long) WARM_UP * count) {
        round(WARM_UP_PIECE_NS);
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) {
    if (loops.size() > 1) {
      return exchange(durationNs);
    }
    pin(allowed[0]);
    loops.getFirst().pin(allowed[0]);
    try {
      return exchange(durationNs);
    } finally {
      pin(allowed);
    }
  }

  private void pin(int... processors) {
    LinuxException.check("sched_setaffinity", linux.schedSetAffinity(0, processors));
  }

  private double exchange(long durationNs) {
    long begin = System.nanoTime();
    long end = begin + durationNs;
    for (int i = 0; i < sequences.length; i++) {
      send(i);
    }
    int running = sequences.length;
    long answered = 0;
    long now = begin;
    long counted = 0;
    while (running > 0) {
      int ready = (int) LinuxException.check("epoll_pwait", linux.epollWait(epoll, events, -1));
      for (int i = 0; i < ready; i++) {
        int loop = (int) events.data(i);
        Frames.checkResponse(response, loops.get(loop).receive(linux, response), sequences[loop]);
        answered++;
        if (now - end < 0) {
          send(loop);
        } else {
          running--;
        }
      }
      if (counted == 0) {
        now = System.nanoTime();
        counted = now - end < 0 ? 0 : answered;
      }
    }
    samples += counted;
    return counted * 1e9 / (now - begin);
  }

  private void send(int loop) {
    Frames.sequence(request, ++sequences[loop]);
    loops.get(loop).send(linux, request);
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public void close() {
    loops.forEach(RuntimeProcess::close);
    linux.close(epoll);
    programs.close();
  }
}
