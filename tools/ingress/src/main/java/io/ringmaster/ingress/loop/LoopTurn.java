package io.ringmaster.ingress.loop;

import io.netty.channel.EventLoop;
import io.netty.channel.SelectStrategy;
import io.netty.util.IntSupplier;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;

/**
 * What one event loop does beside reading: it hands to the engine what it read, and takes the news
 * that the engine has. The loop's thread, but for {@link #post}.
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
public final class LoopTurn implements SelectStrategy {
  /** More are not submitted together, whatever their ingress would like. */
  public static final int SUBMITTED_TOGETHER_MAX = 32;

  private static final System.Logger LOG = System.getLogger(LoopTurn.class.getName());

  private final Function<LoopTurn, EventLoop> entered;
  private final Lingering lingering = new Lingering();
  private final Runnable turn = this::turn;
  private final LoopExchange[] read = new LoopExchange[SUBMITTED_TOGETHER_MAX];
  private int readCount;

  /** Submitted, and without news since. */
  private int underWay;

  private EventLoop executor;

  // Written by any thread.
  private final AtomicReference<LoopExchange> top = new AtomicReference<>();
  private volatile boolean asleep;

  /**
   * @param entered told on the loop's thread, the first time; answers which loop that is
   */
  LoopTurn(Function<LoopTurn, EventLoop> entered) {
    this.entered = entered;
  }

  /** Whose turn it is. */
  public EventLoop executor() {
    return executor;
  }

  /**
   * Submits it before the loop next looks for input, or now.
   *
   * @param togetherMax now, if so many were read: with few the engine begins sooner, while the loop
   *     still reads, with many it is woken less often
   */
  public void submit(LoopExchange exchange, int togetherMax) {
    if (asleep) {
      asleep = false; // it reads: it looks for news by itself before it sleeps
    }
    read[readCount++] = exchange;
    if (readCount >= togetherMax || readCount == SUBMITTED_TOGETHER_MAX) {
      submitRead();
    }
  }

  /**
   * There is news for it; it is not in the list. Any thread; never waits.
   *
   * @return false: the loop has ended with all its connections, nobody is left to be told
   */
  public boolean post(LoopExchange exchange) {
    LoopExchange below;
    do {
      below = top.get();
      exchange.below = below;
    } while (!top.compareAndSet(below, exchange));
    if (asleep) {
      asleep = false;
      try {
        executor.execute(turn);
      } catch (RejectedExecutionException ended) {
        top.set(null);
        LOG.log(System.Logger.Level.DEBUG, "the loop has ended", ended);
        return false;
      }
    }
    return true;
  }

  @Override
  public int calculateStrategy(IntSupplier look, boolean hasTasks) throws Exception {
    if (executor == null) {
      executor = entered.apply(this);
    }
    turn();
    if (hasTasks) {
      return look.get();
    }
    if (underWay > 0 && lingering.worthwhile(underWay)) {
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
    turn();
    return found;
  }

  private void turn() {
    if (asleep) {
      asleep = false;
    }
    submitRead();
    tellNews();
    submitRead(); // what clients had sent ahead
  }

  private void submitRead() {
    int count = readCount;
    readCount = 0;
    for (int i = 0; i < count; i++) {
      LoopExchange next = read[i];
      read[i] = null;
      begin(next);
    }
  }

  private void begin(LoopExchange next) {
    next.underWay = true;
    underWay++;
    try {
      if (!next.submitNow()) {
        end(next);
      }
    } catch (RuntimeException | Error e) {
      end(next);
      fail(next, e);
    }
  }

  /** What even its failure cannot be told of ends neither the loop nor what the others have. */
  private static void fail(LoopExchange exchange, Throwable cause) {
    try {
      exchange.failed(cause);
    } catch (RuntimeException | Error untold) {
      logUntold(untold);
    }
  }

  private static void logUntold(Throwable untold) {
    try {
      LOG.log(System.Logger.Level.ERROR, "an exchange could not be ended", untold);
    } catch (RuntimeException | Error unlogged) {
      return; // without memory there may be no log either
    }
  }

  private void end(LoopExchange exchange) {
    if (exchange.underWay) {
      exchange.underWay = false;
      underWay--;
    }
  }

  private void tellNews() {
    LoopExchange reversed = top.get() == null ? null : top.getAndSet(null);
    LoopExchange first = null;
    while (reversed != null) {
      LoopExchange below = reversed.below;
      reversed.below = first;
      first = reversed;
      reversed = below;
    }
    while (first != null) {
      LoopExchange following = first.below;
      first.below = null; // it may be in the list again at once
      end(first);
      try {
        first.proceed();
      } catch (RuntimeException | Error e) { // the others are told all the same
        fail(first, e);
      }
      first = following;
    }
  }
}
