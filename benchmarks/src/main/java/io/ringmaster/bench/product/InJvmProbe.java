package io.ringmaster.bench.product;

import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.InvocationCallback;
import io.ringmaster.bench.harness.Probe;
import java.util.concurrent.TimeUnit;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/**
 * {@code dispatch.injvm}: one producer submits through the accept ring; dispatcher, handler agent,
 * completion on the dispatcher. A settled call goes back to the producer through a queue.
 */
public final class InJvmProbe implements Probe {
  private static final int SPINS = 200;
  private static final long SETTLE_LIMIT_NS = TimeUnit.SECONDS.toNanos(30);

  private final Engine engine;
  private final int inFlight;
  private final SpscVarHandleArrayQueue<Call> free;
  private final InvocationCallback giveBack;
  private final Call[] kept;
  private long samples;

  /**
   * @param inFlight invocations that are under way at once, at most
   */
  public InJvmProbe(int inFlight) {
    this.inFlight = inFlight;
    free = new SpscVarHandleArrayQueue<>(inFlight);
    kept = new Call[inFlight];
    giveBack =
        new InvocationCallback() {
          @Override
          public void settled(Call call) {
            free.offer(call);
          }

          @Override
          public boolean nonBlocking() {
            return true;
          }
        };
    engine =
        Engine.open(
            EngineConfig.builder()
                .sandboxProcesses(false)
                .accountConcurrency(2 * inFlight)
                .build());
    engine.functions().create(Echo.inJvm("echo"));
    for (int i = 0; i < inFlight; i++) {
      free.offer(engine.newCall().function("echo").payload(Echo.EVENT, 0, Echo.EVENT.length));
    }
    submitFirst();
  }

  /** The first call has nothing to check yet. */
  private void submitFirst() {
    Call first = take();
    first.submit(giveBack);
    while (free.size() < inFlight) {
      Thread.onSpinWait();
    }
  }

  @Override
  public double round(long durationNs) {
    long begin = System.nanoTime();
    long end = begin + durationNs;
    long submitted = 0;
    do {
      for (int i = 0; i < inFlight; i++) {
        take().submit(giveBack);
      }
      submitted += inFlight;
    } while (System.nanoTime() - end < 0);
    for (int i = 0; i < inFlight; i++) {
      Call call = take();
      Echo.check(call);
      kept[i] = call;
    }
    long took = System.nanoTime() - begin;
    for (Call call : kept) {
      free.offer(call);
    }
    samples += submitted;
    return submitted * 1e9 / took;
  }

  private Call take() {
    Call call = free.relaxedPoll();
    long giveUpNs = 0;
    for (int tries = 0; call == null; tries++) {
      if (tries < SPINS) {
        Thread.onSpinWait();
      } else {
        Thread.yield();
        long now = System.nanoTime();
        giveUpNs = giveUpNs == 0 ? now + SETTLE_LIMIT_NS : giveUpNs;
        if (now - giveUpNs > 0) {
          throw new IllegalStateException("no call settles any more");
        }
      }
      call = free.relaxedPoll();
    }
    return call;
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public void close() {
    engine.close();
  }
}
