package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.EpollEvents;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.charset.StandardCharsets;

/**
 * Floor of {@code http.burst.python}: so many plain starts of the interpreter with the handler at
 * once, from the first spawn to the last answer. Nothing holds them.
 */
public final class BurstFloor implements Probe {
  private final Linux linux = new Linux();
  private final BenchRuntime runtime;
  private final Programs programs;
  private final RuntimeProcess[] processes;
  private final MemorySegment event;
  private final MemorySegment response = linux.allocate(4096);
  private final EpollEvents events;
  private final int epoll = (int) LinuxException.check("epoll_create1", linux.epollCreate());
  private final Latencies latencies = new Latencies(4096);

  /**
   * Opens it for the calling thread.
   *
   * @param count interpreters at once
   */
  public BurstFloor(BenchRuntime runtime, int count) throws IOException {
    this.runtime = runtime;
    programs = Programs.unpack(runtime.language());
    processes = new RuntimeProcess[count];
    events = linux.epollEvents(count);
    byte[] text =
        ("{\"lock\": \"" + programs.file("burst.py") + "\"}").getBytes(StandardCharsets.UTF_8);
    event = linux.allocate(text.length);
    event.copyFrom(MemorySegment.ofArray(text));
  }

  @Override
  public double round(long durationNs) {
    long end = System.nanoTime() + durationNs;
    do {
      long begin = System.nanoTime();
      try {
        burst();
        latencies.add(System.nanoTime() - begin);
      } finally {
        endAll();
      }
    } while (System.nanoTime() - end < 0 && !latencies.isFull());
    return latencies.medianUs();
  }

  private void burst() {
    for (int i = 0; i < processes.length; i++) {
      processes[i] = new RuntimeProcess(linux, runtime.executable(), programs.burstStart());
      processes[i].send(linux, event);
      processes[i].endRequests();
      LinuxException.check(
          "epoll_ctl",
          linux.epollControl(epoll, Linux.EPOLL_CTL_ADD, processes[i].responses, Linux.EPOLLIN, i));
    }
    int answered = 0;
    while (answered < processes.length) {
      int ready = (int) LinuxException.check("epoll_pwait", linux.epollWait(epoll, events, -1));
      for (int i = 0; i < ready; i++) {
        RuntimeProcess process = processes[(int) events.data(i)];
        process.receive(linux, response);
        LinuxException.check(
            "epoll_ctl", linux.epollControl(epoll, Linux.EPOLL_CTL_DEL, process.responses, 0, 0));
        answered++;
      }
    }
  }

  private void endAll() {
    for (int i = 0; i < processes.length; i++) {
      if (processes[i] != null) {
        processes[i].close();
        processes[i] = null;
      }
    }
  }

  @Override
  public long samples() {
    return latencies.samples();
  }

  @Override
  public void close() {
    endAll();
    linux.close(epoll);
    programs.close();
  }
}
