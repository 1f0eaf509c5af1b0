package io.ringmaster.grpc;

import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.Status;
import io.netty.channel.EventLoop;
import io.ringmaster.api.Call;
import io.ringmaster.api.Engine;
import io.ringmaster.api.Owner;
import io.ringmaster.ingress.loop.LoopExchange;
import io.ringmaster.ingress.loop.LoopTurn;
import java.util.ArrayDeque;
import java.util.Collections;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the ingress has at one event loop: calls to use again, and the names of functions as one
 * object each, so that the engine knows them again without looking them up. The loop's thread.
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

  private final LoopTurn turn;
  private final Engine engine;
  private final Arrivals arrivals;
  private final ArrayDeque<Call> idle = new ArrayDeque<>();
  private final Map<String, String> names = new HashMap<>();
  private final PayloadView payloads = new PayloadView();
  private final Owners owners;
  private final Intake intake;
  private final Set<StreamExchange> streams = Collections.newSetFromMap(new IdentityHashMap<>());
  private boolean draining;

  /**
   * An RPC of invocations.
   *
   * @param <Q> the messages that ask
   */
  abstract static class Exchange<Q> extends LoopExchange {
    /** Hears what its caller says. Asked once. */
    abstract ServerCall.Listener<Q> listener();

    /** It ends with that status, unless it has ended. */
    abstract void end(Status status);

    /** Ends an RPC that may have ended, because of a fault of ours. */
    static void abandon(ServerCall<?, ?> rpc, Throwable cause) {
      try {
        rpc.close(Status.INTERNAL.withDescription("the answer was not written"), new Metadata());
      } catch (IllegalStateException closed) {
        LOG.log(System.Logger.Level.DEBUG, "it had been closed", closed);
      } catch (RuntimeException | Error unclosed) {
        LOG.log(System.Logger.Level.ERROR, "it was not closed either", unclosed);
      }
      LOG.log(System.Logger.Level.ERROR, "an answer was not written", cause);
    }
  }

  /**
   * @param turn that of the calling event loop
   * @param arrivalNs how long a message may take, besides the time of its bytes
   */
  IngressLoop(LoopTurn turn, Engine engine, Owner usual, Intake intake, long arrivalNs) {
    this.turn = turn;
    this.engine = engine;
    this.intake = intake;
    owners = new Owners(usual);
    arrivals = new Arrivals(turn.executor(), arrivalNs);
  }

  LoopTurn turn() {
    return turn;
  }

  EventLoop executor() {
    return turn.executor();
  }

  Arrivals arrivals() {
    return arrivals;
  }

  /** The event loop goes on without it. */
  void end() {
    arrivals.stop();
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
