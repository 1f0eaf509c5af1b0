package io.ringmaster.bench.floor;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import io.netty.handler.codec.http.DefaultFullHttpResponse;
import io.netty.handler.codec.http.FullHttpRequest;
import io.netty.handler.codec.http.HttpMethod;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpVersion;
import io.ringmaster.bench.harness.Probe;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;

/**
 * Floor of {@code runtime-api.roundtrip}: the same clients, the same heads and bodies, and a server
 * of Netty's own parts that answers every poll at once, on the loop that read it. Between rounds
 * polls wait.
 */
public final class BareNettyFloor implements Probe {
  private static final byte[] ACCEPTED = "{\"status\":\"OK\"}".getBytes(StandardCharsets.US_ASCII);

  private static final long LOOK_NS = 100_000;

  private final byte[] event;
  private final HttpServer server;
  private final RuntimeClients clients;
  private final AtomicLong answered = new AtomicLong();
  private volatile boolean open;
  private long samples;

  /** Opens server and clients. */
  public BareNettyFloor(int threads, byte[] event) throws IOException {
    this.event = event;
    server = new HttpServer(threads, Answers::new);
    int[] ports = new int[RuntimeClients.COUNT];
    Arrays.fill(ports, server.address().getPort());
    try {
      clients = new RuntimeClients(ports);
    } catch (IOException | RuntimeException e) {
      server.close();
      throw e;
    }
  }

  private final class Answers extends SimpleChannelInboundHandler<FullHttpRequest> {
    @Override
    protected void channelRead0(ChannelHandlerContext context, FullHttpRequest request) {
      boolean poll = request.method().equals(HttpMethod.GET);
      if (!poll) {
        answered.getAndIncrement();
        answer(context, HttpResponseStatus.ACCEPTED, ACCEPTED);
      } else if (open) {
        answer(context, HttpResponseStatus.OK, event);
      } else {
        awaitRound(context);
      }
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    private void awaitRound(ChannelHandlerContext context) {
      context
          .executor()
          .schedule(
              () -> {
                if (open) {
                  answer(context, HttpResponseStatus.OK, event);
                } else if (context.channel().isActive()) {
                  awaitRound(context);
                }
              },
              1,
              TimeUnit.MILLISECONDS);
    }

    @SuppressWarnings("FutureReturnValueIgnored")
    private void answer(ChannelHandlerContext context, HttpResponseStatus status, byte[] body) {
      ByteBuf content = Unpooled.wrappedBuffer(body);
      DefaultFullHttpResponse response =
          new DefaultFullHttpResponse(HttpVersion.HTTP_1_1, status, content);
      response
          .headers()
          .set("Content-Type", "application/json")
          .set("Lambda-Runtime-Aws-Request-Id", "8476a536-e9f4-4c11-9bf0-000000000001")
          .set("Lambda-Runtime-Deadline-Ms", "1764000000123")
          .set(
              "Lambda-Runtime-Invoked-Function-Arn",
              "arn:aws:lambda:us-east-1:123456789012:function:echo")
          .set("Content-Length", body.length);
      context.writeAndFlush(response, context.voidPromise());
    }
  }

  @Override
  public double round(long durationNs) {
    open = true;
    long begin = System.nanoTime();
    long from = answered.get();
    LockSupport.parkNanos(durationNs);
    while (System.nanoTime() - begin < durationNs || answered.get() == from) {
      LockSupport.parkNanos(Math.max(LOOK_NS, durationNs / 100));
      clients.check();
    }
    long count = answered.get() - from;
    long took = System.nanoTime() - begin;
    open = false;
    clients.check();
    samples += count;
    return count * 1e9 / took;
  }

  @Override
  public long samples() {
    return samples;
  }

  @Override
  public void close() {
    clients.close();
    server.close();
  }
}
