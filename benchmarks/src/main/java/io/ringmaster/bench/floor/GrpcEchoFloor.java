package io.ringmaster.bench.floor;

import io.grpc.Server;
import io.grpc.ServerServiceDefinition;
import io.grpc.netty.NettyServerBuilder;
import io.grpc.stub.ServerCalls;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import io.netty.util.concurrent.DefaultThreadFactory;
import io.ringmaster.bench.harness.Probe;
import io.ringmaster.bench.load.ByteMethods;
import io.ringmaster.bench.load.GrpcLoad;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.concurrent.TimeUnit;

/**
 * Floor of {@code grpc.unary.noop}: the same load, and a bare grpc-netty server that answers with
 * the message, on the loop that read it.
 */
public final class GrpcEchoFloor implements Probe {
  private static final String SERVICE = "bench.Echo";
  private static final String METHOD = SERVICE + "/Echo";

  private final EventLoopGroup loops;
  private final Server server;
  private final GrpcLoad load;

  /**
   * Opens server and client.
   *
   * @param threads the server's event loops
   * @param count calls in flight
   */
  public GrpcEchoFloor(int threads, byte[] request, int count) throws IOException {
    loops =
        new MultiThreadIoEventLoopGroup(
            threads, new DefaultThreadFactory("bench-grpc", true), NioIoHandler.newFactory());
    server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .bossEventLoopGroup(loops)
            .workerEventLoopGroup(loops)
            .channelType(NioServerSocketChannel.class)
            .directExecutor()
            .addService(
                ServerServiceDefinition.builder(SERVICE)
                    .addMethod(
                        ByteMethods.unary(METHOD),
                        ServerCalls.asyncUnaryCall(
                            (message, answer) -> {
                              answer.onNext(message);
                              answer.onCompleted();
                            }))
                    .build())
            .build()
            .start();
    load =
        new GrpcLoad(
            (InetSocketAddress) server.getListenSockets().getFirst(), METHOD, request, count);
  }

  @Override
  public double round(long durationNs) throws IOException {
    return load.run(durationNs);
  }

  @Override
  public long samples() {
    return load.answered();
  }

  @Override
  public void close() throws IOException {
    load.close();
    server.shutdownNow();
    try {
      if (!server.awaitTermination(10, TimeUnit.SECONDS)) {
        throw new IllegalStateException("the bare server does not end");
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    loops.shutdownGracefully(0, 5, TimeUnit.SECONDS).awaitUninterruptibly();
  }
}
