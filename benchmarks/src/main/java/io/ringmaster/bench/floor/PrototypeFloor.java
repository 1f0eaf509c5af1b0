package io.ringmaster.bench.floor;

import com.lmax.disruptor.EventPoller;
import com.lmax.disruptor.RingBuffer;
import com.lmax.disruptor.YieldingWaitStrategy;
import java.io.IOException;

/**
 * Floor of {@code channel.saturated.*}: the loop that the engine began as. Requests come out of a
 * ring, go to the echo that was idle last, their completion puts the next into the ring; one thread
 * does all of it and sleeps in epoll. No functions, limits, clock, log or checks of what comes but
 * its length.
 */
public final class PrototypeFloor extends EpollFloor {
  private static final int RING = 1024;
  private static final int PER_ECHO = 4;

  private final RingBuffer<Request> ring =
      RingBuffer.createMultiProducer(Request::new, RING, new YieldingWaitStrategy());
  private final EventPoller<Request> requests = ring.newPoller();
  private final EventPoller.Handler<Request> place = this::place;
  private final int[] idle;
  private int idleCount;
  private long published;

  private static final class Request {
    long sequence;
  }

  /**
   * @param count echoes, at least 1
   * @param processor where they run; negative: anywhere
   */
  public PrototypeFloor(BenchRuntime runtime, int count, int processor) throws IOException {
    super(runtime, count);
    idle = new int[count];
    ring.addGatingSequences(requests.getSequence());
    try {
      for (int i = 0; i < count; i++) {
        RuntimeProcess echo = new RuntimeProcess(linux, runtime.executable(), programs.rawEcho());
        add(echo);
        echo.send(linux, request);
        echo.receive(linux, response); // it has all its threads now
        if (processor >= 0) {
          echo.pin(processor);
        }
        idle[idleCount++] = i;
      }
    } catch (RuntimeException e) {
      close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) throws Exception {
    return exchange(durationNs);
  }

  @Override
  int begin() {
    int running = PER_ECHO * processes.size();
    for (int i = 0; i < running; i++) {
      publish();
    }
    return running;
  }

  private void publish() {
    long claimed = ring.next();
    ring.get(claimed).sequence = ++published;
    ring.publish(claimed);
  }

  @Override
  void place() throws Exception {
    if (idleCount > 0) {
      requests.poll(place);
    }
  }

  private boolean place(Request next, long at, boolean last) {
    Frames.sequence(request, next.sequence);
    processes.get(idle[--idleCount]).send(linux, request);
    return idleCount > 0;
  }

  @Override
  void answer(int echo, boolean again) {
    if (processes.get(echo).receive(linux, response) != request.byteSize()) {
      throw new IllegalStateException("the echo answered in pieces");
    }
    idle[idleCount++] = echo;
    if (again) {
      publish();
    }
  }
}
