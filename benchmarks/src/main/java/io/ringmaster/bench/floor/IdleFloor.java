package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.EpollEvents;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.locks.LockSupport;

/**
 * Floor of {@code invoke.idle.*}, everything asleep before each call: the caller wakes a second
 * thread through an eventfd and parks; that thread sends the request to a bare loop, sleeps in
 * epoll until the answer is there, and unparks the caller.
 *
 * <p>Ordering: {@code asked} and {@code answered} are volatile, each with one writer (caller,
 * second thread); the eventfd and unpark follow the store.
 */
public final class IdleFloor implements Probe {
  /**
   * Exchanges without a pause before the first sample, here and in the product: at a thousand a
   * second the compiler would take minutes to see enough of them.
   */
  public static final int WARM_UP = 20_000;

  private static final long WAKE = 0;
  private static final long ANSWER = 1;
  private static final long ASLEEP_NS = 1_000_000;

  private final Linux linux = new Linux();
  private final Programs programs;
  private final RuntimeProcess loop;
  private final Latencies latencies = new Latencies(1 << 16);
  private final Thread caller = Thread.currentThread();
  private final int wake = (int) LinuxException.check("eventfd2", linux.eventfd());
  private final Thread second;

  // Written by the caller.
  private volatile long asked;
  private volatile boolean closing;

  // Written by the second thread.
  private volatile long answered;
  private volatile Throwable failure;

  /**
   * Opens it for the calling thread.
   *
   * @param processor where the bare loop runs; −1: anywhere
   */
  public IdleFloor(BenchRuntime runtime, int processor) throws IOException {
    programs = Programs.unpack(runtime.language());
    loop = RuntimeProcess.bareLoop(linux, runtime, programs);
    if (processor >= 0) {
      loop.pin(processor);
    }
    second = Thread.ofPlatform().name("bench-idle-floor").start(this::relay);
    for (int i = 0; i < WARM_UP; i++) {
      exchange();
    }
  }

  private void relay() {
    try {
      Linux own = new Linux();
      int epoll = (int) LinuxException.check("epoll_create1", own.epollCreate());
      try {
        LinuxException.check(
            "epoll_ctl", own.epollControl(epoll, Linux.EPOLL_CTL_ADD, wake, Linux.EPOLLIN, WAKE));
        LinuxException.check(
            "epoll_ctl",
            own.epollControl(epoll, Linux.EPOLL_CTL_ADD, loop.responses, Linux.EPOLLIN, ANSWER));
        serve(own, epoll);
      } finally {
        own.close(epoll);
      }
    } catch (Throwable thrown) {
      failure = thrown;
      LockSupport.unpark(caller);
    }
  }

  private void serve(Linux own, int epoll) {
    EpollEvents events = own.epollEvents(2);
    MemorySegment request = Frames.invoke(own);
    MemorySegment response = own.allocate(4096);
    while (!closing) {
      int ready = (int) LinuxException.check("epoll_pwait", own.epollWait(epoll, events, -1));
      for (int i = 0; i < ready; i++) {
        if (events.data(i) == ANSWER) {
          Frames.checkResponse(response, loop.receive(own, response), asked);
          answered = asked;
          LockSupport.unpark(caller);
        } else {
          own.eventfdClear(wake);
          if (!closing) {
            Frames.sequence(request, asked);
            loop.send(own, request);
          }
        }
      }
    }
  }

  @Override
  public double round(long durationNs) {
    long end = System.nanoTime() + durationNs;
    do {
      LockSupport.parkNanos(ASLEEP_NS);
      long begin = System.nanoTime();
      exchange();
      latencies.add(System.nanoTime() - begin);
    } while (System.nanoTime() - end < 0 && !latencies.isFull());
    return latencies.medianUs();
  }

  private void exchange() {
    long number = asked + 1;
    asked = number;
    LinuxException.check("write", linux.eventfdSignal(wake));
    while (answered != number) {
      LockSupport.park(this);
      if (failure != null) {
        throw new IllegalStateException("the second thread failed", failure);
      }
    }
  }

  @Override
  public long samples() {
    return latencies.samples();
  }

  @Override
  public void close() {
    closing = true;
    linux.eventfdSignal(wake);
    boolean interrupted = false;
    while (second.isAlive()) {
      try {
        second.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    linux.close(wake);
    loop.close();
    programs.close();
  }
}
