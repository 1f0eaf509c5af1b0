package io.ringmaster.grpc;

import io.netty.util.concurrent.EventExecutor;
import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.api.Owner;
import java.util.ArrayDeque;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * What belongs to one event loop: the list of exchanges that the engine has news for, calls to use
 * again, and the names of functions as one object each, so that the engine knows them again without
 * looking them up. Only {@link #post} may be called from other threads.
 */
final class IngressLoop {
  private static final int KEPT_CALLS = 1024;

  /** A kept call keeps its answer's buffer: not that of megabytes. */
  private static final int KEPT_BYTES_MAX = 16 * 1024;

  private static final int KEPT_NAMES = 4096;
  private static final byte[] NOTHING = {};

  private final EventExecutor executor;
  private final Engine engine;
  private final Runnable drain = this::drain;
  private final ArrayDeque<Call> idle = new ArrayDeque<>();
  private final Map<String, String> names = new HashMap<>();
  private final PayloadView payloads = new PayloadView();
  private final Owners owners;

  // Written by any thread.
  private final AtomicReference<Exchange> top = new AtomicReference<>();

  /** Something that the engine may have news for; in one loop's list once at most. */
  abstract static class Exchange {
    private Exchange below;

    /** There is news. The loop's thread. */
    abstract void proceed();
  }

  IngressLoop(EventExecutor executor, Engine engine, Owner usual) {
    this.executor = executor;
    this.engine = engine;
    owners = new Owners(usual);
  }

  EventExecutor executor() {
    return executor;
  }

  /** There is news for that exchange, which is not in the list. Any thread; never waits. */
  void post(Exchange exchange) {
    Exchange below;
    do {
      below = top.get();
      exchange.below = below;
    } while (!top.compareAndSet(below, exchange));
    if (below == null) {
      try {
        executor.execute(drain);
      } catch (RejectedExecutionException ended) {
        // the loop has ended with all its connections: there is nobody left to be told
        top.set(null);
      }
    }
  }

  private void drain() {
    Exchange reversed = top.getAndSet(null);
    Exchange first = null;
    while (reversed != null) {
      Exchange below = reversed.below;
      reversed.below = first;
      first = reversed;
      reversed = below;
    }
    while (first != null) {
      Exchange following = first.below;
      first.below = null; // it may be in the list again at once
      first.proceed();
      first = following;
    }
  }

  /** A call that nobody uses. */
  Call take() {
    Call call = idle.pollLast();
    return call == null ? engine.newCall() : call;
  }

  /** Takes back a call that has settled and whose answer was written. */
  void giveBack(Call call) {
    if (idle.size() < KEPT_CALLS && call.response().length <= KEPT_BYTES_MAX) {
      call.payload(NOTHING, 0, 0).attachment(null);
      idle.addLast(call);
    }
  }

  /** The same object for equal names, as long as there are not too many of them. */
  String known(String name) {
    if (name.isEmpty()) {
      return null;
    }
    String known = names.putIfAbsent(name, name);
    if (known != null) {
      return known;
    }
    if (names.size() > KEPT_NAMES) {
      names.clear();
    }
    return name;
  }

  Owners owners() {
    return owners;
  }

  PayloadView payloads() {
    return payloads;
  }
}
