package io.ringmaster.bench.generator;

import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.MethodDescriptor;
import io.grpc.Status;
import io.grpc.netty.NettyChannelBuilder;
import io.ringmaster.bench.load.ByteMethods;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/** A function behind the gRPC ingress: unary calls over one connection. */
public final class GrpcTarget implements LoadTarget {
  private static final long END_S = 10;

  private final ManagedChannel channel;
  private final MethodDescriptor<byte[], byte[]> method =
      ByteMethods.unary(InvocationServiceGrpc.getInvokeMethod().getFullMethodName());
  private final byte[] request;
  private final int slots;
  private volatile Answers answers;

  /**
   * Connects with the first call.
   *
   * @param slots calls that may be in flight at once, at least 1
   */
  public GrpcTarget(InetSocketAddress server, String function, byte[] payload, int slots) {
    this.slots = slots;
    request =
        InvokeRequest.newBuilder()
            .setFunctionName(function)
            .setPayload(ByteString.copyFrom(payload))
            .build()
            .toByteArray();
    channel = NettyChannelBuilder.forAddress(server).usePlaintext().directExecutor().build();
  }

  @Override
  public int slots() {
    return slots;
  }

  @Override
  public void open(Answers wanted) {
    answers = wanted;
  }

  @Override
  public void submit(int slot) {
    ClientCall<byte[], byte[]> call = channel.newCall(method, CallOptions.DEFAULT);
    call.start(
        new ClientCall.Listener<>() {
          private byte[] answer = {};

          @Override
          public void onMessage(byte[] message) {
            answer = message;
          }

          @Override
          public void onClose(Status status, Metadata trailers) {
            answers.answered(slot, status.isOk() ? functionError(answer) : status.toString());
          }
        },
        new Metadata());
    call.request(2);
    call.sendMessage(request);
    call.halfClose();
  }

  private static String functionError(byte[] answer) {
    try {
      String error = InvokeResponse.parseFrom(answer).getFunctionError();
      return error.isEmpty() ? null : "function error " + error;
    } catch (InvalidProtocolBufferException e) {
      return e.toString();
    }
  }

  @Override
  public void close() {
    channel.shutdownNow();
    try {
      if (!channel.awaitTermination(END_S, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the client's connection does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
