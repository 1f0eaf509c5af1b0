package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.bootstrap.Bootstrap;
import io.netty.buffer.Unpooled;
import io.netty.channel.Channel;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.nio.NioIoHandler;
import io.netty.channel.socket.nio.NioSocketChannel;
import io.netty.handler.codec.http2.DefaultHttp2DataFrame;
import io.netty.handler.codec.http2.DefaultHttp2Headers;
import io.netty.handler.codec.http2.DefaultHttp2HeadersFrame;
import io.netty.handler.codec.http2.DefaultHttp2SettingsFrame;
import io.netty.handler.codec.http2.Http2DataFrame;
import io.netty.handler.codec.http2.Http2FrameCodecBuilder;
import io.netty.handler.codec.http2.Http2Headers;
import io.netty.handler.codec.http2.Http2HeadersFrame;
import io.netty.handler.codec.http2.Http2MultiplexHandler;
import io.netty.handler.codec.http2.Http2Settings;
import io.netty.handler.codec.http2.Http2StreamChannelBootstrap;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The same API by HTTP/2 with prior knowledge. */
@SuppressWarnings("FutureReturnValueIgnored") // What fails ends the stream, and the reply with it.
class Http2Test {
  private static Bench bench;
  private static MultiThreadIoEventLoopGroup loops;
  private static Channel connection;

  /** An answer. */
  private record Reply(int status, Http2Headers headers, String body) {}

  @BeforeAll
  static void open() throws Exception {
    bench = new Bench(config -> config.eventLoops(1), engine -> engine);
    bench.echo("echo");
    loops = new MultiThreadIoEventLoopGroup(1, NioIoHandler.newFactory());
    connection =
        new Bootstrap()
            .group(loops)
            .channel(NioSocketChannel.class)
            .handler(
                new ChannelInitializer<>() {
                  @Override
                  protected void initChannel(Channel channel) {
                    channel
                        .pipeline()
                        .addLast(
                            Http2FrameCodecBuilder.forClient().build(),
                            new Http2MultiplexHandler(new ChannelInboundHandlerAdapter()));
                  }
                })
            .connect(bench.server.address())
            .sync()
            .channel();
  }

  @AfterAll
  static void close() throws InterruptedException {
    connection.close().sync();
    loops.shutdownGracefully(0, 1, TimeUnit.SECONDS).sync();
    bench.close();
  }

  private static CompletableFuture<Reply> send(
      String method, String path, String body, String... headers) throws Exception {
    CompletableFuture<Reply> reply = new CompletableFuture<>();
    Channel stream =
        new Http2StreamChannelBootstrap(connection)
            .handler(
                new ChannelInboundHandlerAdapter() {
                  private Http2Headers head;
                  private final StringBuilder text = new StringBuilder();

                  @Override
                  public void channelInactive(ChannelHandlerContext ctx) {
                    reply.completeExceptionally(new IOException("the stream ended"));
                  }

                  @Override
                  public void channelRead(ChannelHandlerContext ctx, Object message) {
                    boolean end = false;
                    if (message instanceof Http2HeadersFrame frame) {
                      head = frame.headers();
                      end = frame.isEndStream();
                    } else if (message instanceof Http2DataFrame frame) {
                      text.append(frame.content().toString(StandardCharsets.UTF_8));
                      end = frame.isEndStream();
                    }
                    ReferenceCountUtil.release(message);
                    if (end) {
                      int status = Integer.parseInt(head.status().toString());
                      reply.complete(new Reply(status, head, text.toString()));
                    }
                  }
                })
            .open()
            .sync()
            .getNow();
    DefaultHttp2Headers head = new DefaultHttp2Headers();
    head.method(method).path(path).scheme("http").authority("h");
    for (int i = 0; i < headers.length; i += 2) {
      head.add(headers[i], headers[i + 1]);
    }
    stream.write(new DefaultHttp2HeadersFrame(head, body == null));
    if (body != null) {
      stream.write(
          new DefaultHttp2DataFrame(Unpooled.copiedBuffer(body, StandardCharsets.UTF_8), true));
    }
    stream.flush();
    return reply;
  }

  @Test
  void invocationsShareAConnection() throws Exception {
    CountDownLatch all = new CountDownLatch(10);
    bench.function(
        "together",
        (event, response) -> {
          all.countDown();
          if (!all.await(20, TimeUnit.SECONDS)) {
            throw new IllegalStateException("alone");
          }
        });
    List<CompletableFuture<Reply>> replies = new ArrayList<>();
    for (int i = 0; i < 10; i++) {
      replies.add(send("POST", "/2015-03-31/functions/together/invocations", "1"));
    }
    for (CompletableFuture<Reply> each : replies) {
      Reply reply = each.get(20, TimeUnit.SECONDS);
      assertEquals(200, reply.status());
      assertEquals("null", reply.body());
      assertEquals(null, reply.headers().get("x-amz-function-error"));
    }
  }

  @Test
  void largeBodiesErrorsAndLimitsAreTheSame() throws Exception {
    String body = "\"" + "x".repeat(3 << 20) + "\"";
    Reply large =
        send("POST", "/2015-03-31/functions/echo/invocations", body).get(20, TimeUnit.SECONDS);
    assertEquals(body, large.body());
    assertEquals("$LATEST", large.headers().get("x-amz-executed-version").toString());
    Reply missing = send("GET", "/2015-03-31/functions/no", null).get(20, TimeUnit.SECONDS);
    assertEquals(404, missing.status());
    assertEquals("ResourceNotFoundException", missing.headers().get("x-amzn-errortype").toString());
    Reply refused =
        send("POST", "/2015-03-31/functions/echo/invocations", "x".repeat(7_000_000))
            .get(20, TimeUnit.SECONDS);
    assertEquals(413, refused.status());
  }

  /** What a client has not taken yet is its own, whatever is answered to others meanwhile. */
  @Test
  void anAnswerThatWaitsForItsClientIsNotOverwritten() throws Exception {
    connection.writeAndFlush(
        new DefaultHttp2SettingsFrame(new Http2Settings().initialWindowSize(0)));
    String mine = "\"" + "m".repeat(50_000) + "\"";
    CompletableFuture<Reply> waiting = send("POST", "/2015-03-31/functions/echo/invocations", mine);
    Bench.await("it is answered", () -> bench.server.counters().get("requestsRunning") == 0);
    for (int i = 0; i < 20; i++) {
      String others = "\"" + "o".repeat(50_000) + "\"";
      assertEquals(others, bench.invoke("echo", others).body());
    }
    assertFalse(waiting.isDone());
    connection.writeAndFlush(
        new DefaultHttp2SettingsFrame(new Http2Settings().initialWindowSize(65_535)));
    assertEquals(mine, waiting.get(20, TimeUnit.SECONDS).body());
  }

  @Test
  void aLengthThatIsNotTrueEndsItsStreamAlone() throws Exception {
    CompletableFuture<Reply> lied =
        send("POST", "/2015-03-31/functions/echo/invocations", "12", "content-length", "1");
    assertThrows(ExecutionException.class, () -> lied.get(20, TimeUnit.SECONDS));
    Reply other =
        send("POST", "/2015-03-31/functions/echo/invocations", "3").get(20, TimeUnit.SECONDS);
    assertEquals("3", other.body());
    assertEquals(0, bench.server.counters().get("internalErrors"));
  }

  @Test
  void aStreamedAnswerComesByData() throws Exception {
    bench.streaming("stream", (event, response) -> response.write(new byte[1 << 20]));
    Reply reply =
        send("POST", "/2021-11-15/functions/stream/response-streaming-invocations", "{}")
            .get(20, TimeUnit.SECONDS);
    assertEquals(200, reply.status());
    assertTrue(reply.body().contains("InvokeComplete"));
  }
}
