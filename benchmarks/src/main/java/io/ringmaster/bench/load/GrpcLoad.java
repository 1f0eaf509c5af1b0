package io.ringmaster.bench.load;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Unary calls over one connection, always so many in flight; messages are bytes that are made once.
 * Calls end and begin again on the connection's event loop; the calling thread counts.
 */
public final class GrpcLoad implements AutoCloseable {
  private static final long END_LIMIT_NS = TimeUnit.SECONDS.toNanos(60);
  private static final long LOOK_NS = 200_000;

  /** Messages as they are. */
  public static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new ByteArrayInputStream(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private final ManagedChannel channel;
  private final MethodDescriptor<byte[], byte[]> method;
  private final byte[] request;
  private final int count;
  private final AtomicLong answered = new AtomicLong();
  private final AtomicInteger inFlight = new AtomicInteger();
  private volatile boolean open;
  private volatile Status failure;
  private volatile byte[] last;

  /**
   * Opens the connection with the first call.
   *
   * @param method full name of a unary method
   * @param count calls in flight
   */
  public GrpcLoad(InetSocketAddress server, String method, byte[] request, int count) {
    this.method = unary(method);
    this.request = request.clone();
    this.count = count;
    channel = NettyChannelBuilder.forAddress(server).usePlaintext().directExecutor().build();
  }

  /** A unary method whose messages are bytes. */
  public static MethodDescriptor<byte[], byte[]> unary(String name) {
    return MethodDescriptor.newBuilder(BYTES, BYTES)
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(name)
        .build();
  }

  private void call() {
    ClientCall<byte[], byte[]> call = channel.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          @Override
          public void onMessage(byte[] message) {
            last = message;
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            ended(status);
          }
        },
        new Metadata());
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
  }

  private void ended(Status status) {
    answered.getAndIncrement();
    if (!status.isOk()) {
      failure = status;
    }
    if (open && status.isOk()) {
      call();
    } else {
      inFlight.getAndDecrement();
    }
  }

  /**
   * Calls for so long.
   *
   * @return answers per second
   * @throws IOException a call failed, or does not end
   */
  public double run(long durationNs) throws IOException {
    long from = answered.get();
    open = true;
    inFlight.set(count);
    long begin = System.nanoTime();
    for (int i = 0; i < count; i++) {
      call();
    }
    long now = begin;
    while (now - begin < durationNs || answered.get() == from && failure == null) {
      LockSupport.parkNanos(Math.max(LOOK_NS, durationNs - (now - begin)));
      now = System.nanoTime();
      if (now - begin > durationNs + END_LIMIT_NS) {
        throw new IOException("no call is answered");
      }
    }
    long counted = answered.get() - from;
    now = System.nanoTime();
    open = false;
    while (inFlight.get() > 0) {
      LockSupport.parkNanos(LOOK_NS);
      if (System.nanoTime() - now > END_LIMIT_NS) {
        throw new IOException(inFlight.get() + " calls do not end");
      }
    }
    if (failure != null) {
      throw new IOException("a call failed: " + failure);
    }
    return counted * 1e9 / (now - begin);
  }

  /** Answers so far. */
  public long answered() {
    return answered.get();
  }

  /** The last answer. */
  public byte[] last() {
    return last.clone();
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      if (!channel.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the client's connection does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
