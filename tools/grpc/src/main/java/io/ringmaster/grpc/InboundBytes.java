package io.ringmaster.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Consumer;

/**
 * Messages of callers: how many bytes of them are held, and how long they take to come.
 *
 * <p>Held, over all connections, are half messages, and the one message of an RPC until its end.
 * What is beyond the bound ends its RPC. An RPC's own small messages are not counted: the most of
 * them there can be is bounded by connections and RPCs.
 *
 * <p>What an RPC of one message takes to the end of its request is bounded in time, of an RPC of
 * many messages what each of them takes from its beginning to its end.
 *
 * <p>Any thread; a {@link Tracer} is its RPC's, which is one thread's.
 */
final class InboundBytes extends ServerStreamTracer.Factory {
  /** What an RPC is told that there is no room for. */
  static final Status EXHAUSTED =
      Status.RESOURCE_EXHAUSTED.withDescription("too many bytes of messages are held");

  /** What an RPC is told whose message did not come in time. */
  static final Status LATE =
      Status.DEADLINE_EXCEEDED.withDescription("the request took too long to arrive");

  /** That of the RPC whose context it is. */
  static final Context.Key<Tracer> TRACER = Context.key("ringmaster-inbound-bytes");

  /** An RPC counts from here on, in steps of at least as many. */
  private static final int STEP_BYTES = 64 * 1024;

  private final long most;
  private final IngressLoops loops;
  private final AtomicLong held = new AtomicLong();

  InboundBytes(long most, IngressLoops loops) {
    this.most = most;
    this.loops = loops;
  }

  /** Bytes that are held. */
  long held() {
    return held.get();
  }

  /**
   * Makes room.
   *
   * @return false: there is none
   */
  boolean reserve(long bytes) {
    if (held.addAndGet(bytes) > most) {
      held.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  void release(long bytes) {
    if (bytes != 0) {
      held.addAndGet(-bytes);
    }
  }

  @Override
  public ServerStreamTracer newServerStreamTracer(String method, Metadata headers) {
    return new Tracer(loops.current());
  }

  /** The bytes of one RPC. */
  final class Tracer extends ServerStreamTracer {
    private final IngressLoop loop;
    private final Arrivals.Arrival arrival =
        new Arrivals.Arrival() {
          @Override
          long bytes() {
            return bytes;
          }

          @Override
          void late() {
            end(LATE);
          }
        };
    private long bytes;
    private long reserved;
    private boolean manyMessages;
    private boolean kept;
    private boolean closed;

    /** Why it has to end; null: it has not. */
    private Status refused;

    private Consumer<Status> onRefused;

    private Tracer(IngressLoop loop) {
      this.loop = loop;
      loop.arrivals().add(arrival);
    }

    @Override
    public Context filterContext(Context context) {
      return context.withValue(TRACER, this);
    }

    @Override
    public void serverCallStarted(ServerCallInfo<?, ?> call) {
      MethodType type = call.getMethodDescriptor().getType();
      manyMessages = type == MethodType.BIDI_STREAMING || type == MethodType.CLIENT_STREAMING;
      if (manyMessages) {
        arrived();
      }
    }

    /** The whole request is here. */
    void arrived() {
      loop.arrivals().remove(arrival);
    }

    /** Its bytes are held beyond its end, until {@link #letGo}. */
    void hold() {
      kept = true;
    }

    void letGo() {
      kept = false;
      if (closed) {
        give();
      }
    }

    /**
     * What ends the RPC if there is no room for it or it takes too long; run on its loop, while
     * nothing else of it is.
     */
    void onRefused(Consumer<Status> end) {
      onRefused = end;
      if (refused != null) {
        end(refused);
      }
    }

    private void end(Status status) {
      refused = status;
      if (onRefused != null) {
        loop.executor().execute(() -> onRefused.accept(status));
      }
    }

    @Override
    public void inboundWireSize(long more) {
      bytes += more;
      if (bytes > reserved + STEP_BYTES && refused == null) {
        if (reserve(bytes - reserved)) {
          reserved = bytes;
        } else {
          // At once, not when it is closed: else the others, in the midst of theirs, find no room.
          release(reserved);
          reserved = 0;
          end(EXHAUSTED);
        }
      }
    }

    @Override
    public void inboundMessage(int number) {
      if (manyMessages && !closed) {
        loop.arrivals().add(arrival);
      }
    }

    /** Of many messages each is counted by who takes it, from here on. */
    @Override
    public void inboundMessageRead(int number, long wireSize, long uncompressedSize) {
      if (manyMessages) {
        arrived();
        give();
      }
    }

    @Override
    public void streamClosed(Status status) {
      closed = true;
      arrived();
      if (!kept) {
        give();
      }
    }

    private void give() {
      release(reserved);
      reserved = 0;
      bytes = 0;
    }
  }
}
