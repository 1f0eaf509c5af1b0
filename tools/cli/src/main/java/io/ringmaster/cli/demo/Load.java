package io.ringmaster.cli.demo;

import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.api.InvocationCallback;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Several calls at once, each submitted again as soon as it is answered, until the time is over.
 *
 * <p>{@link #run} belongs to the main thread; answers arrive on the engine's completion threads. A
 * call's fields belong to whoever holds it: the thread that submits, then the one that is called
 * back.
 */
final class Load {
  private final Engine engine;
  private final DemoFunction function;
  private final long endNs;
  private final CountDownLatch running;
  private final AtomicLong number;
  private final AtomicLong answered = new AtomicLong();
  private final AtomicLong wrong = new AtomicLong();

  private Load(Engine engine, DemoFunction function, int concurrency, long durationNs, long first) {
    this.engine = engine;
    this.function = function;
    this.endNs = System.nanoTime() + durationNs;
    this.running = new CountDownLatch(concurrency);
    this.number = new AtomicLong(first);
  }

  /**
   * What came of it.
   *
   * @param invocations answers
   * @param errors answers that were not right
   * @param perSecond answers per second
   */
  record Outcome(long invocations, long errors, double perSecond) {}

  /** Runs it; {@code first} is the number of the first invocation. */
  static Outcome run(
      Engine engine, DemoFunction function, int concurrency, long durationNs, long first)
      throws InterruptedException {
    Load load = new Load(engine, function, concurrency, durationNs, first);
    long startNs = System.nanoTime();
    for (int i = 0; i < concurrency; i++) {
      load.new Lane().submit();
    }
    load.running.await();
    double seconds = (System.nanoTime() - startNs) / 1e9;
    long answered = load.answered.get();
    return new Outcome(answered, load.wrong.get(), answered / seconds);
  }

  /** One call that is in flight all the time. */
  private final class Lane implements InvocationCallback {
    private final Call call = engine.newCall().function(function.name());
    private long current;

    void submit() {
      current = number.getAndIncrement();
      byte[] event = function.events().event(current).getBytes(StandardCharsets.UTF_8);
      call.payload(event, 0, event.length).submit(this);
    }

    @Override
    public void settled(Call settled) {
      answered.incrementAndGet();
      boolean refused = settled.refusal() != null;
      if (refused || settled.functionError() || !right(settled)) {
        wrong.incrementAndGet();
      }
      // A refusal ends the lane: it may be answered on this very thread, and nothing promises that
      // the next one is not.
      if (refused || System.nanoTime() - endNs >= 0) {
        running.countDown();
      } else {
        submit();
      }
    }

    private boolean right(Call settled) {
      String answer =
          new String(settled.response(), 0, settled.responseLength(), StandardCharsets.UTF_8);
      return function.check().right(current, answer);
    }
  }
}
