package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.sandbox.system.Linux;
import java.lang.foreign.MemorySegment;
import java.util.concurrent.TimeUnit;

/**
 * Floor of {@code invoke.saturated.*.1} for runtimes that map memory: a bare loop kept busy by one
 * thread through shared memory, the next request always in its slot. Both only look; neither
 * sleeps. No queue, no limits, no clock.
 */
public final class BareSlotsFloor implements Probe {
  private static final long WARM_UP_PIECE_NS = 10_000_000;
  private static final long SILENCE_NS = TimeUnit.SECONDS.toNanos(10);

  private final Linux linux = new Linux();
  private final Programs programs;
  private final SharedSlots slots = new SharedSlots(linux);
  private final MemorySegment request = Frames.invoke(linux);
  private final MemorySegment bell = linux.allocate(1);
  private RuntimeProcess loop;
  private long number;
  private long samples;

  /**
   * Whether a runtime has a bare loop of this form, and this machine two processors for it, which
   * keep loads and stores in order: Python's has no fences.
   */
  public static boolean serves(Language language) {
    return (language == Language.PYTHON || language == Language.JAVA)
        && Runtime.getRuntime().availableProcessors() > 1
        && System.getProperty("os.arch").equals("amd64");
  }

  /** Starts one. */
  public BareSlotsFloor(BenchRuntime runtime) throws Exception {
    programs = Programs.unpack(runtime.language());
    try {
      loop = RuntimeProcess.bareLoop(linux, runtime, programs, slots.path());
      while (samples < BareLoopsFloor.WARM_UP) {
        round(WARM_UP_PIECE_NS);
      }
    } catch (Exception e) {
      close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) {
    slots.looks(true);
    loop.send(linux, bell);
    long begin = System.nanoTime();
    long end = begin + durationNs;
    send();
    send();
    long answered = number - 2;
    long first = answered;
    long now = begin;
    while (answered < number) {
      now = awaitAnswer(++answered, now);
      if (now - end < 0) {
        send();
      }
    }
    slots.looks(false);
    samples += answered - first;
    return (answered - first) * 1e9 / (now - begin);
  }

  private void send() {
    Frames.sequence(request, ++number);
    slots.request(number, request);
  }

  /** Answers when it came. */
  private long awaitAnswer(long awaited, long sinceNs) {
    while (!slots.isAnswered(awaited)) {
      Thread.onSpinWait();
      if (System.nanoTime() - sinceNs > SILENCE_NS) {
        throw new IllegalStateException("a bare loop is silent");
      }
    }
    MemorySegment response = slots.response(awaited);
    Frames.checkResponse(response, Frames.size(response), awaited);
    return System.nanoTime();
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public void close() {
    if (loop != null) {
      loop.close();
    }
    slots.close();
    programs.close();
  }
}
