package io.ringmaster.bench.product;

import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.EngineStatus;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.bench.floor.BenchRuntime;
import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/**
 * {@code cold.rate.*}: cold starts that the engine keeps up with. Some are always under way, each
 * of a function of its own; functions are created before the round, and deleted with their
 * environment when they have answered. What lies ready when a round begins is used up before time
 * counts: generic sandboxes must be made as quickly as they are taken.
 */
public final class ColdRateProbe implements Probe {
  private static final long ANSWER_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);
  private static final long LOOK_NS = 1_000_000;
  private static final int SPARE = 8;

  private final MeasuredEngine opened;
  private final BenchRuntime runtime;
  private final int parallel;
  private final ArrayDeque<String> functions = new ArrayDeque<>();
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private long created;
  private long samples;
  private double perSecond = 20;
  private int ready;

  private record Answer(String function, InvocationResult result, Throwable failure) {}

  /**
   * @param parallel cold starts under way at once
   */
  public ColdRateProbe(BenchRuntime runtime, int parallel) throws IOException {
    this.runtime = runtime;
    this.parallel = parallel;
    opened = MeasuredEngine.open(runtime, EngineConfig.builder());
    try {
      create(1);
      submit();
      take();
    } catch (IOException | RuntimeException e) {
      opened.close();
      throw e;
    }
  }

  /** At least as many functions as a round will need. */
  private void create(int count) throws IOException {
    while (functions.size() < count) {
      String name = "echo-" + created++;
      opened.engine.functions().create(Echo.of(name, runtime));
      functions.add(name);
    }
  }

  @SuppressWarnings("FutureReturnValueIgnored")
  private boolean submit() {
    String function = functions.poll();
    if (function == null) {
      return false;
    }
    opened
        .engine
        .invokeAsync(InvokeRequest.of(function, Echo.EVENT))
        .handle((result, failure) -> answers.add(new Answer(function, result, failure)));
    return true;
  }

  /** Waits for an answer and lets its environment go. */
  private void take() {
    Answer answer;
    try {
      answer = answers.poll(ANSWER_LIMIT_NS, TimeUnit.NANOSECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
    if (answer == null) {
      throw new IllegalStateException("no answer comes: " + opened.engine.status());
    }
    if (answer.failure != null || !answer.result.succeeded() || !answer.result.coldStart()) {
      throw new IllegalStateException("that was no cold start: " + answer.result, answer.failure);
    }
    opened.engine.functions().delete(answer.function);
  }

  @Override
  public double round(long durationNs) throws IOException {
    awaitRest();
    int leadIn = ready + parallel;
    create(leadIn + parallel + SPARE + (int) (2 * perSecond * durationNs / 1e9));
    int running = 0;
    while (running < parallel && submit()) {
      running++;
    }
    long begin = 0;
    long end = Long.MAX_VALUE;
    long answered = 0;
    long now = 0;
    while (running > 0) {
      take();
      running--;
      now = System.nanoTime();
      if (leadIn-- == 0) {
        begin = now;
        end = now + durationNs;
      } else if (leadIn < -1) {
        answered++;
      }
      if (begin != 0 && now - end >= 0 && answered > 0) {
        break;
      }
      running += submit() ? 1 : 0;
    }
    long took = now - begin;
    for (; running > 0; running--) {
      take();
    }
    samples += answered;
    perSecond = answered * 1e9 / took;
    return perSecond;
  }

  /** Until no process is being made any more, so that the floor has the machine for itself. */
  private void awaitRest() {
    long giveUpNs = System.nanoTime() + ANSWER_LIMIT_NS;
    int stable = 0;
    int before = -1;
    while (stable < 20) {
      EngineStatus status = opened.engine.status();
      ready = status.genericSandboxes().values().stream().mapToInt(Integer::intValue).sum();
      boolean rests = status.sandboxes().isEmpty() && ready > 0;
      stable = rests && ready == before ? stable + 1 : 0;
      before = ready;
      LockSupport.parkNanos(LOOK_NS);
      if (System.nanoTime() - giveUpNs > 0) {
        throw new IllegalStateException("it never rests: " + status);
      }
    }
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public String detail() {
    return parallel + " at once, " + ready + " ready before the last round";
  }

  @Override
  public void close() {
    opened.close();
  }
}
