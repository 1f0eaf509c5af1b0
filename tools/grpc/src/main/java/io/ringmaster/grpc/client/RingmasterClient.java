package io.ringmaster.grpc.client;

import com.google.common.util.concurrent.FutureCallback;
import com.google.common.util.concurrent.Futures;
import com.google.common.util.concurrent.ListenableFuture;
import com.google.common.util.concurrent.MoreExecutors;
import com.google.protobuf.ByteString;
import io.grpc.ChannelCredentials;
import io.grpc.Context;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.netty.NettyChannelBuilder;
import io.ringmaster.grpc.v1.CreateFunctionRequest;
import io.ringmaster.grpc.v1.CreateFunctionResponse;
import io.ringmaster.grpc.v1.FunctionConfiguration;
import io.ringmaster.grpc.v1.FunctionServiceGrpc;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.grpc.v1.InvokeWithResponseStreamRequest;
import io.ringmaster.grpc.v1.InvokeWithResponseStreamResponse;
import io.ringmaster.grpc.v1.UpdateFunctionCodeRequest;
import io.ringmaster.grpc.v1.UpdateFunctionCodeResponse;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Iterator;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Invokes functions of a Ringmaster in another process.
 *
 * <pre>{@code
 * try (RingmasterClient client = RingmasterClient.connect("127.0.0.1", 9002)) {
 *   InvokeResponse answer = client.invoke("hello", "{\"name\": \"world\"}");
 *   System.out.println(answer.getPayload().toStringUtf8());
 * }
 * }</pre>
 *
 * <p>Any thread. What the server refuses is thrown as {@link RefusedException}; what the function
 * fails with is an answer, with {@code function_error} set.
 */
public final class RingmasterClient implements AutoCloseable {
  /** An answer of 6 MiB, and what stands beside it. */
  private static final int MESSAGE_BYTES_MAX = 7 * 1024 * 1024;

  private static final int STREAM_IN_FLIGHT_MAX = 4096;
  private static final Duration CLOSE = Duration.ofSeconds(5);

  private final ManagedChannel channel;
  private final ExecutorService writer;

  private RingmasterClient(ManagedChannel channel) {
    this.channel = channel;
    writer =
        Executors.newSingleThreadExecutor(
            Thread.ofPlatform().name("ringmaster-client").daemon().factory());
  }

  /** A client over a connection in plain text. It is made with the first call. */
  public static RingmasterClient connect(String host, int port) {
    return connect(host, port, InsecureChannelCredentials.create());
  }

  /**
   * A client over a connection with TLS.
   *
   * @param authorities PEM file with the authorities that servers are trusted of
   * @param certificateChain PEM file with the client's own certificate; null: it has none
   * @param privateKey PEM file with the key to it; null: it has none
   * @throws IOException a file cannot be read or used
   */
  public static RingmasterClient connect(
      String host, int port, Path authorities, Path certificateChain, Path privateKey)
      throws IOException {
    TlsChannelCredentials.Builder credentials =
        TlsChannelCredentials.newBuilder().trustManager(authorities.toFile());
    if (certificateChain != null) {
      credentials.keyManager(certificateChain.toFile(), privateKey.toFile());
    }
    return connect(host, port, credentials.build());
  }

  private static RingmasterClient connect(String host, int port, ChannelCredentials credentials) {
    return new RingmasterClient(
        NettyChannelBuilder.forAddress(host, port, credentials)
            .directExecutor()
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .build());
  }

  /**
   * The connection, for stubs of one's own: of the services of {@code ringmaster.v1} and others.
   */
  public ManagedChannel channel() {
    return channel;
  }

  /**
   * Invokes and waits for the answer.
   *
   * @param payload the event, JSON
   * @throws RefusedException the function did not run
   */
  public InvokeResponse invoke(String function, String payload) {
    return invoke(
        InvokeRequest.newBuilder()
            .setFunctionName(function)
            .setPayload(ByteString.copyFromUtf8(payload))
            .build());
  }

  /**
   * Invokes and waits for the answer.
   *
   * @throws RefusedException the function did not run
   */
  public InvokeResponse invoke(InvokeRequest request) {
    try {
      return InvocationServiceGrpc.newBlockingStub(channel).invoke(request);
    } catch (StatusRuntimeException refused) {
      throw RefusedException.of(refused);
    }
  }

  /**
   * Invokes.
   *
   * @return completes on the connection's event loop with the answer, or exceptionally with a
   *     {@link RefusedException}; cancelling it cancels the call
   */
  public CompletableFuture<InvokeResponse> invokeAsync(InvokeRequest request) {
    ListenableFuture<InvokeResponse> running =
        InvocationServiceGrpc.newFutureStub(channel).invoke(request);
    CompletableFuture<InvokeResponse> answer =
        new CompletableFuture<>() {
          @Override
          public boolean cancel(boolean mayInterruptIfRunning) {
            boolean first = super.cancel(mayInterruptIfRunning);
            running.cancel(true); // else gRPC only forgets it, and the server goes on
            return first;
          }
        };
    Futures.addCallback(
        running,
        new FutureCallback<>() {
          @Override
          public void onSuccess(InvokeResponse response) {
            answer.complete(response);
          }

          @Override
          public void onFailure(Throwable failed) {
            answer.completeExceptionally(RefusedException.of(failed));
          }
        },
        MoreExecutors.directExecutor());
    return answer;
  }

  /**
   * Invokes, and hands the answer over in parts as they come.
   *
   * @param taker called on this thread for each part; while it is busy nothing more is read
   * @return the end: its payload is empty, or the error document
   * @throws RefusedException the function did not run, or its answer was broken off
   */
  public InvokeResponse invokeStreaming(InvokeRequest request, Consumer<ByteString> taker) {
    Context.CancellableContext context = Context.current().withCancellation();
    Context before = context.attach();
    try {
      Iterator<InvokeWithResponseStreamResponse> events =
          InvocationServiceGrpc.newBlockingStub(channel)
              .invokeWithResponseStream(
                  InvokeWithResponseStreamRequest.newBuilder().setInvocation(request).build());
      InvokeResponse end = null;
      while (events.hasNext()) {
        InvokeWithResponseStreamResponse event = events.next();
        if (event.hasPart()) {
          taker.accept(event.getPart().getPayload());
        } else {
          end = event.getEnd();
        }
      }
      if (end == null) {
        throw RefusedException.of(
            io.grpc.Status.DATA_LOSS.withDescription("the answer has no end").asException());
      }
      return end;
    } catch (StatusRuntimeException refused) {
      throw RefusedException.of(refused);
    } finally {
      context.detach(before);
      context.cancel(null); // of no effect when it has ended; else the taker threw
    }
  }

  /**
   * Creates a function.
   *
   * @param function its settings; the package in it is ignored
   * @param zip its package, at most 52,428,800 bytes
   * @throws RefusedException it was not created
   */
  public FunctionConfiguration createFunction(CreateFunctionRequest function, byte[] zip) {
    Uploading<CreateFunctionRequest, CreateFunctionResponse> uploading = new Uploading<>();
    FunctionServiceGrpc.newStub(channel).createFunction(uploading);
    return uploading
        .send(
            zip,
            (part, first) ->
                (first ? function.toBuilder() : CreateFunctionRequest.newBuilder())
                    .setZipFile(part)
                    .build())
        .getConfiguration();
  }

  /**
   * Replaces a function's code.
   *
   * @param update which function, and how; the package in it is ignored
   * @param zip the package, at most 52,428,800 bytes
   * @throws RefusedException it was not replaced
   */
  public FunctionConfiguration updateFunctionCode(UpdateFunctionCodeRequest update, byte[] zip) {
    Uploading<UpdateFunctionCodeRequest, UpdateFunctionCodeResponse> uploading = new Uploading<>();
    FunctionServiceGrpc.newStub(channel).updateFunctionCode(uploading);
    return uploading
        .send(
            zip,
            (part, first) ->
                (first ? update.toBuilder() : UpdateFunctionCodeRequest.newBuilder())
                    .setZipFile(part)
                    .build())
        .getConfiguration();
  }

  /** Many invocations over one stream. To be closed. */
  public InvocationStream openStream() {
    return new InvocationStream(
        InvocationServiceGrpc.newStub(channel), writer, STREAM_IN_FLIGHT_MAX);
  }

  /** Ends the connection; what is in flight is cancelled after five seconds. */
  @Override
  public void close() {
    channel.shutdown();
    try {
      if (!channel.awaitTermination(CLOSE.toMillis(), TimeUnit.MILLISECONDS)) {
        channel.shutdownNow();
      }
    } catch (InterruptedException interrupt) {
      channel.shutdownNow();
      Thread.currentThread().interrupt();
    }
    writer.shutdown();
  }
}
