package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.EpollEvents;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;

/**
 * Floor of {@code cold.rate.node} and {@code .java}: interpreters are started on the bare loop,
 * each is bound and called once and ended; as many at once as the product has cold starts under
 * way.
 */
public final class SpawnsFloor implements Probe {
  private final Linux linux = new Linux();
  private final BenchRuntime runtime;
  private final Programs programs;
  private final MemorySegment request;
  private final MemorySegment response = linux.allocate(4096);
  private final RuntimeProcess[] lanes;
  private final boolean[] called;
  private final EpollEvents events;
  private final int epoll = (int) LinuxException.check("epoll_create1", linux.epollCreate());
  private long samples;

  /**
   * Opens it for the calling thread.
   *
   * @param parallel interpreters at once
   */
  public SpawnsFloor(BenchRuntime runtime, int parallel) throws IOException {
    this.runtime = runtime;
    programs = Programs.unpack(runtime.language());
    MemorySegment bind = Frames.bind(linux, programs.codeFolder(), runtime.language().handler());
    MemorySegment invoke = Frames.invoke(linux);
    request = linux.allocate(bind.byteSize() + invoke.byteSize());
    request.copyFrom(bind);
    request.asSlice(bind.byteSize()).copyFrom(invoke);
    lanes = new RuntimeProcess[parallel];
    called = new boolean[parallel];
    events = linux.epollEvents(parallel);
  }

  @Override
  public double round(long durationNs) {
    long begin = System.nanoTime();
    long end = begin + durationNs;
    for (int lane = 0; lane < lanes.length; lane++) {
      start(lane);
    }
    long answered = 0;
    long now = begin;
    while (now - end < 0 || answered == 0) {
      int ready = (int) LinuxException.check("epoll_pwait", linux.epollWait(epoll, events, -1));
      for (int i = 0; i < ready; i++) {
        int lane = (int) events.data(i);
        if (called[lane]) {
          Frames.checkResponse(response, lanes[lane].receive(linux, response), 1);
          end(lane);
          start(lane);
          answered++;
        } else {
          lanes[lane].awaitStarted(linux);
          lanes[lane].send(linux, request);
          called[lane] = true;
        }
      }
      now = System.nanoTime();
    }
    for (int lane = 0; lane < lanes.length; lane++) {
      end(lane);
    }
    samples += answered;
    return answered * 1e9 / (now - begin);
  }

  private void start(int lane) {
    lanes[lane] = RuntimeProcess.starting(linux, runtime, programs);
    called[lane] = false;
    LinuxException.check(
        "epoll_ctl",
        linux.epollControl(epoll, Linux.EPOLL_CTL_ADD, lanes[lane].responses, Linux.EPOLLIN, lane));
  }

  private void end(int lane) {
    RuntimeProcess process = lanes[lane];
    lanes[lane] = null;
    if (process != null) {
      process.close();
    }
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public void close() {
    for (int lane = 0; lane < lanes.length; lane++) {
      end(lane);
    }
    linux.close(epoll);
    programs.close();
  }
}
