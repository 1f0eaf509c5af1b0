package io.ringmaster.grpc;

import io.grpc.Context;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor.MethodType;
import io.grpc.ServerStreamTracer;
import io.grpc.Status;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes of messages that callers have sent and that are held for them, over all connections: half a
 * message, and the one message of an RPC until its end. What is beyond the bound ends its RPC. An
 * RPC's own small messages are not counted: the most of them there can be is bounded by connections
 * and RPCs.
 *
 * <p>Any thread; a {@link Tracer} is its RPC's, which is one thread's.
 */
final class InboundBytes extends ServerStreamTracer.Factory {
  /** What an RPC is told that there is no room for. */
  static final Status EXHAUSTED =
      Status.RESOURCE_EXHAUSTED.withDescription("too many bytes of messages are held");

  /** That of the RPC whose context it is. */
  static final Context.Key<Tracer> TRACER = Context.key("ringmaster-inbound-bytes");

  /** An RPC counts from here on, in steps of at least as many. */
  private static final int STEP_BYTES = 64 * 1024;

  private final long most;
  private final AtomicLong held = new AtomicLong();

  InboundBytes(long most) {
    this.most = most;
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
    return new Tracer();
  }

  /** The bytes of one RPC. */
  final class Tracer extends ServerStreamTracer {
    private long bytes;
    private long reserved;
    private boolean manyMessages;
    private boolean over;
    private boolean kept;
    private boolean closed;
    private Runnable onOverload;

    @Override
    public Context filterContext(Context context) {
      return context.withValue(TRACER, this);
    }

    @Override
    public void serverCallStarted(ServerCallInfo<?, ?> call) {
      MethodType type = call.getMethodDescriptor().getType();
      manyMessages = type == MethodType.BIDI_STREAMING || type == MethodType.CLIENT_STREAMING;
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

    /** What ends the RPC if there is no room for it. */
    void onOverload(Runnable end) {
      onOverload = end;
      if (over) {
        end.run();
      }
    }

    @Override
    public void inboundWireSize(long more) {
      bytes += more;
      if (bytes > reserved + STEP_BYTES && !over) {
        if (reserve(bytes - reserved)) {
          reserved = bytes;
        } else {
          over = true;
          if (onOverload != null) {
            onOverload.run();
          }
        }
      }
    }

    /** Of many messages each is counted by who takes it, from here on. */
    @Override
    public void inboundMessageRead(int number, long wireSize, long uncompressedSize) {
      if (manyMessages) {
        give();
      }
    }

    @Override
    public void streamClosed(Status status) {
      closed = true;
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
