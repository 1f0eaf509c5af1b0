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

/**
 * Unary calls over one connection, always so many in flight; messages are bytes that are made once.
 * Calls end and begin again on the connection's event loop; the calling thread counts.
 */
public final class GrpcLoad implements AutoCloseable {
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
  private final InFlight calls;
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
    calls = new InFlight(count, this::call);
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
            calls.ended(status.isOk() ? null : status.asRuntimeException(trailers));
          }
        },
        new Metadata());
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
  }

  /** Calls for so long; see {@link InFlight#run}. */
  public double run(long durationNs) throws IOException {
    return calls.run(durationNs);
  }

  /** Answers so far. */
  public long answered() {
    return calls.answered();
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
