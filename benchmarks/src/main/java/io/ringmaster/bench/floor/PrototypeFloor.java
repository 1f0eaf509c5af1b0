package io.ringmaster.bench.floor;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.EpollEvents;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.util.ArrayList;
import java.util.List;

/**
 * Floor of {@code channel.saturated.*}: the loop that the engine began as. Requests come out of a
 * ring, go to the echo that was idle last, their completion puts the next into the ring; one thread
 * does all of it and sleeps in epoll. No functions, limits, clock, log or checks of what comes but
 * its length.
 */
public final class PrototypeFloor implements Probe {
  private static final int RING = 1024;
  private static final int PER_ECHO = 4;

  private final Linux linux = new Linux();
  private final Programs programs;
  private final List<RuntimeProcess> echoes = new ArrayList<>();
  private final MemorySegment request = Frames.invoke(linux);
  private final MemorySegment response = linux.allocate(4096);
  private final EpollEvents events;
  private final int epoll = (int) LinuxException.check("epoll_create1", linux.epollCreate());
  private final RingBuffer<Request> ring =
      RingBuffer.createMultiProducer(Request::new, RING, new YieldingWaitStrategy());
  private final EventPoller<Request> requests = ring.newPoller();
  private final EventPoller.Handler<Request> place = this::place;
  private final int[] idle;
  private int idleCount;
  private long samples;

  private static final class Request {
    long sequence;
  }

  /**
   * @param count echoes, at least 1
   * @param processor where they run; negative: anywhere
   */
  public PrototypeFloor(BenchRuntime runtime, int count, int processor) throws IOException {
    programs = Programs.unpack(runtime.language());
    events = linux.epollEvents(count);
    idle = new int[count];
    ring.addGatingSequences(requests.getSequence());
    try {
      for (int i = 0; i < count; i++) {
        RuntimeProcess echo = new RuntimeProcess(linux, runtime.executable(), programs.rawEcho());
        echoes.add(echo);
        echo.send(linux, request);
        echo.receive(linux, response); // it has all its threads now
        if (processor >= 0) {
          echo.pin(processor);
        }
        LinuxException.check(
            "epoll_ctl",
            linux.epollControl(epoll, Linux.EPOLL_CTL_ADD, echo.responses, Linux.EPOLLIN, i));
        idle[idleCount++] = i;
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) throws Exception {
    long begin = System.nanoTime();
    long end = begin + durationNs;
    int running = PER_ECHO * echoes.size();
    for (int i = 0; i < running; i++) {
      publish(i);
    }
    long answered = 0;
    long counted = 0;
    long now = begin;
    while (running > 0) {
      if (idleCount > 0) {
        requests.poll(place);
      }
      int ready = (int) LinuxException.check("epoll_pwait", linux.epollWait(epoll, events, -1));
      for (int i = 0; i < ready; i++) {
        int echo = (int) events.data(i);
        if (echoes.get(echo).receive(linux, response) != request.byteSize()) {
          throw new IllegalStateException("the echo answered in pieces");
        }
        idle[idleCount++] = echo;
        answered++;
        if (now - end < 0) {
          publish(answered);
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

  private void publish(long sequence) {
    long claimed = ring.next();
    ring.get(claimed).sequence = sequence;
    ring.publish(claimed);
  }

  private boolean place(Request next, long at, boolean last) {
    Frames.sequence(request, next.sequence);
    echoes.get(idle[--idleCount]).send(linux, request);
    return idleCount > 0;
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public void close() {
    echoes.forEach(RuntimeProcess::close);
    linux.close(epoll);
    programs.close();
  }
}
