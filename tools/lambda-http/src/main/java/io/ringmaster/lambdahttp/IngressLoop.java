package io.ringmaster.lambdahttp;

import io.netty.channel.EventLoop;
import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import io.ringmaster.api.Call;
import java.util.ArrayDeque;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What belongs to one event loop: invocations that it read and has not submitted yet, answers that
 * the engine has for it, calls to use again. The loop's thread, but for {@link #post}.
 *
 * <p>Netty asks it before each look for input. By then everything that the last look found was
 * read: the invocations in it are submitted together, so that the engine is woken once for all of
 * them, and answers that came meanwhile are written.
 *
 * <p>Two sides of a wake-up that must not miss each other. The loop: {@code asleep = true; full
 * fence; look; select}. The engine: {@code push; full fence; if asleep, execute}. The volatile
 * store and the compare-and-set are these fences. A loop that is awake looks by itself before it
 * sleeps.
 */
final class IngressLoop implements SelectStrategy {
  private static final int SUBMITTED_TOGETHER_MAX = 32;
  private static final int CALLS_KEPT = 128;
  private static final byte[] NOTHING = {};

  private final Ingress ingress;
  private final ArrayDeque<Call> calls = new ArrayDeque<>();
  private final Lingering lingering = new Lingering();
  private final Runnable proceed = this::proceed;
  private final Invoking[] read = new Invoking[SUBMITTED_TOGETHER_MAX];
  private int readCount;

  /** Submitted, and not answered yet. */
  private int running;

  private boolean known;
  private EventLoop executor;

  // Written by any thread.
  private final AtomicReference<Invoking> top = new AtomicReference<>();
  private volatile boolean asleep;

  IngressLoop(Ingress ingress) {
    this.ingress = ingress;
  }

  /** Submits it before the loop next looks for input, or now. */
  void submit(Invoking invoking) {
    if (executor == null) {
      executor = invoking.exchange().peer().loop();
    }
    read[readCount++] = invoking;
    if (readCount == SUBMITTED_TOGETHER_MAX) {
      submitRead();
    }
  }

  /** The engine has an answer. Any thread; never waits. */
  void post(Invoking settled) {
    Invoking below;
    do {
      below = top.get();
      settled.below = below;
    } while (!top.compareAndSet(below, settled));
    if (asleep) {
      asleep = false;
      try {
        executor.execute(proceed);
      } catch (RejectedExecutionException e) {
        // The server is closed, and with it the connection: nobody waits for the answer.
        ingress.count(Ingress.Counter.CONNECTIONS_FAILED);
      }
    }
  }

  /** A call for one invocation. */
  Call takeCall() {
    Call kept = calls.poll();
    return kept == null ? ingress.engine().newCall() : kept;
  }

  /** Gives it back once nothing reads it any more. */
  void giveCall(Call call) {
    if (calls.size() < CALLS_KEPT) {
      call.attachment(null);
      call.payload(NOTHING, 0, 0);
      calls.push(call);
    }
  }

  @Override
  public int calculateStrategy(IntSupplier look, boolean hasTasks) throws Exception {
    if (!known) {
      known = true;
      ingress.enter(this);
    }
    proceed();
    if (hasTasks) {
      return look.get();
    }
    if (running > 0 && lingering.worthwhile(running)) {
      int found = linger(look);
      if (found > 0) {
        return found;
      }
    }
    asleep = true;
    if (readCount == 0 && top.get() == null) {
      return SELECT;
    }
    asleep = false;
    return look.get();
  }

  /** Waits a little for input or an answer, without sleeping. */
  private int linger(IntSupplier look) throws Exception {
    int found;
    lingering.begin();
    do {
      Thread.yield();
      found = look.get();
    } while (found == 0 && top.get() == null && lingering.goesOn());
    lingering.end(found > 0 || top.get() != null);
    proceed();
    return found;
  }

  private void proceed() {
    if (asleep) {
      asleep = false;
    }
    submitRead();
    answerSettled();
    submitRead(); // what clients had sent ahead
  }

  private void submitRead() {
    int count = readCount;
    readCount = 0;
    submitRead(0, count);
  }

  /** What even its failure cannot be told of does not keep the others from being submitted. */
  private void submitRead(int from, int end) {
    int i = from;
    try {
      for (; i < end; i++) {
        Invoking next = read[i];
        read[i] = null;
        running++;
        try {
          if (!next.submitNow()) {
            running--;
          }
        } catch (RuntimeException | Error e) {
          running--;
          next.failed(e);
        }
      }
    } finally {
      if (i < end) {
        submitRead(i + 1, end);
      }
    }
  }

  private void answerSettled() {
    Invoking reversed = top.get() == null ? null : top.getAndSet(null);
    Invoking first = null;
    while (reversed != null) {
      Invoking below = reversed.below;
      reversed.below = first;
      first = reversed;
      reversed = below;
    }
    while (first != null) {
      Invoking following = first.below;
      first.below = null;
      running--;
      try {
        first.answerSettled();
      } catch (RuntimeException | Error e) {
        first.failed(e);
      }
      first = following;
    }
  }
}
