package io.ringmaster.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.util.concurrent.EventExecutor;
import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.api.Owner;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
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

  /** What is longer is no name: the engine says so. */
  private static final int NAME_CHARACTERS_MAX = 256;

  private static final System.Logger LOG = System.getLogger(IngressLoop.class.getName());
  private static final byte[] NOTHING = {};

  private final EventExecutor executor;
  private final Engine engine;
  private final Runnable drain = this::drain;
  private final ArrayDeque<Call> idle = new ArrayDeque<>();
  private final Map<String, String> names = new HashMap<>();
  private final PayloadView payloads = new PayloadView();
  private final Owners owners;
  private final Intake intake;
  private final Set<StreamExchange> streams = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean draining;

  // Written by any thread.
  private final AtomicReference<Exchange<?>> top = new AtomicReference<>();

  /** Something that the engine may have news for; in one loop's list once at most. */
  abstract static class Exchange<Q> {
    private Exchange<?> below;

    /** Hears what its caller says. Asked once. */
    abstract ServerCall.Listener<Q> listener();

    /** There is news. The loop's thread. */
    abstract void proceed();

    /** Its answer could not be written: it ends without one. The loop's thread. */
    abstract void failed();

    /** Its messages are more than there is room for: it ends. The loop's thread. */
    abstract void overloaded();

    /** Ends an RPC that may have ended. */
    static void abandon(ServerCall<?, ?> rpc) {
      try {
        rpc.close(Status.INTERNAL.withDescription("the answer was not written"), new Metadata());
      } catch (IllegalStateException closed) {
        LOG.log(System.Logger.Level.DEBUG, "it had been closed", closed);
      }
    }
  }

  IngressLoop(EventExecutor executor, Engine engine, Owner usual, Intake intake) {
    this.executor = executor;
    this.engine = engine;
    this.intake = intake;
    owners = new Owners(usual);
  }

  EventExecutor executor() {
    return executor;
  }

  /** There is news for that exchange, which is not in the list. Any thread; never waits. */
  void post(Exchange<?> exchange) {
    Exchange<?> below;
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
    Exchange<?> reversed = top.getAndSet(null);
    Exchange<?> first = null;
    while (reversed != null) {
      Exchange<?> below = reversed.below;
      reversed.below = first;
      first = reversed;
      reversed = below;
    }
    while (first != null) {
      Exchange<?> following = first.below;
      first.below = null; // it may be in the list again at once
      try {
        first.proceed();
      } catch (RuntimeException | Error failed) { // the others are told all the same
        LOG.log(System.Logger.Level.ERROR, "an answer was not written", failed);
        first.failed();
      }
      first = following;
    }
  }

  /** A stream that calls may come by, until {@link #closed}. */
  void opened(StreamExchange stream) {
    streams.add(stream);
    if (draining) {
      stream.drain();
    }
  }

  void closed(StreamExchange stream) {
    streams.remove(stream);
  }

  /** Streams take no more calls, and end after their last result. */
  void drainStreams() {
    draining = true;
    List.copyOf(streams).forEach(StreamExchange::drain);
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
    if (name.length() > NAME_CHARACTERS_MAX) {
      return name;
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

  Intake intake() {
    return intake;
  }

  Owners owners() {
    return owners;
  }

  PayloadView payloads() {
    return payloads;
  }
}
