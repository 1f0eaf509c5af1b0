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
 * Programs kept busy by one thread, which sleeps in epoll. What is sent when, and what an answer
 * must be, is the subclass's.
 */
abstract class EpollFloor implements Probe {
  final Linux linux = new Linux();
  final Programs programs;
  final List<RuntimeProcess> processes = new ArrayList<>();
  final MemorySegment request = Frames.invoke(linux);
  final MemorySegment response = linux.allocate(4096);

  private final EpollEvents events;
  private final int epoll = (int) LinuxException.check("epoll_create1", linux.epollCreate());
  private long samples;

  /**
   * @param count programs at most
   */
  EpollFloor(BenchRuntime runtime, int count) throws IOException {
    programs = Programs.unpack(runtime.language());
    events = linux.epollEvents(count);
  }

  /** One more program, whose answers are awaited from now on. */
  final void add(RuntimeProcess process) {
    processes.add(process);
    LinuxException.check(
        "epoll_ctl",
        linux.epollControl(
            epoll, Linux.EPOLL_CTL_ADD, process.responses, Linux.EPOLLIN, processes.size() - 1));
  }

  /** Begins a round; answers how many answers are to come until nothing is under way. */
  abstract int begin();

  /** The last thing before each sleep. */
  void place() throws Exception {}

  /**
   * An answer is there to be read.
   *
   * @param again whether the next request follows it
   */
  abstract void answer(int process, boolean again);

  /** Answers a second; returns when nothing is under way. */
  final double exchange(long durationNs) throws Exception {
    long begin = System.nanoTime();
    long end = begin + durationNs;
    int running = begin();
    long answered = 0;
    long now = begin;
    long counted = 0;
    while (running > 0) {
      place();
      int ready = (int) LinuxException.check("epoll_pwait", linux.epollWait(epoll, events, -1));
      for (int i = 0; i < ready; i++) {
        boolean again = now - end < 0;
        answer((int) events.data(i), again);
        answered++;
        if (!again) {
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

  @Override
  public final long samples() {
    return samples;
  }

  @Override
  public final void close() {
    processes.forEach(RuntimeProcess::close);
    linux.close(epoll);
    programs.close();
  }
}
