package io.ringmaster.grpc;

import static io.ringmaster.grpc.World.request;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.protobuf.ByteString;
import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.ringmaster.api.Engine;
import io.ringmaster.grpc.client.RingmasterClient;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvocationType;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What callers may have at once, over all of them. */
class BoundsTest {
  private static final int MEBIBYTE = 1 << 20;

  private static World world(int connections) throws IOException {
    return new World(
        GrpcConfig.on(World.loopback())
            .withLimits(
                new GrpcConfig.Limits(
                    connections, 64, 64, 64L << 20, 16L << 20, Duration.ofSeconds(30))));
  }

  @Test
  void connectionsBeyondTheLimitAreClosedWhenTheyCome() throws IOException {
    try (World world = world(3)) {
      assertEquals("1", world.client.invoke("echo", "1").getPayload().toStringUtf8());
      List<Socket> sockets = new ArrayList<>();
      try {
        for (int i = 0; i < 5; i++) {
          Socket socket =
              new Socket(world.ingress.address().getAddress(), world.ingress.address().getPort());
          socket.setSoTimeout(20_000);
          sockets.add(socket);
        }
        // The server speaks first on what it accepts, with its settings.
        int accepted = 0;
        for (Socket socket : sockets) {
          accepted += answers(socket) ? 1 : 0;
        }
        assertEquals(2, accepted);
      } finally {
        for (Socket socket : sockets) {
          socket.close();
        }
      }
      await()
          .until(
              () -> {
                try (Socket socket =
                    new Socket(
                        world.ingress.address().getAddress(), world.ingress.address().getPort())) {
                  socket.setSoTimeout(20_000);
                  return answers(socket);
                }
              });
      assertEquals("2", world.client.invoke("echo", "2").getPayload().toStringUtf8());
    }
  }

  private static boolean answers(Socket socket) {
    try {
      return socket.getInputStream().read() >= 0;
    } catch (IOException reset) {
      return false;
    }
  }

  /** It would be held as what it becomes, and counted as what came. */
  @Test
  void compressedMessagesAreRefused() throws IOException {
    try (World world = world(10)) {
      StatusRuntimeException refused =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  InvocationServiceGrpc.newBlockingStub(world.client.channel())
                      .withCompression("gzip")
                      .invoke(request("echo", "\"" + " ".repeat(MEBIBYTE) + "\"")));
      assertEquals(Status.Code.UNIMPLEMENTED, refused.getStatus().getCode());
      assertEquals("1", world.client.invoke("echo", "1").getPayload().toStringUtf8());
    }
  }

  /** Health and reflection are no way around. */
  @Test
  void theBoundIsThatOfEveryService() throws Exception {
    try (World world = world(10)) {
      HealthCheckRequest large =
          HealthCheckRequest.newBuilder().setService("x".repeat(6 * MEBIBYTE)).build();
      List<CompletableFuture<Status>> ends = new ArrayList<>();
      for (int i = 0; i < 6; i++) {
        ClientCall<HealthCheckRequest, HealthCheckResponse> call =
            world.client.channel().newCall(HealthGrpc.getCheckMethod(), CallOptions.DEFAULT);
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
            new ClientCall.Listener<>() {
              @Override
              public void onClose(Status status, Metadata trailers) {
                end.complete(status);
              }
            },
            new Metadata());
        call.request(1);
        call.sendMessage(large); // and never the end of it
        ends.add(end);
      }
      await().until(() -> ends.stream().filter(CompletableFuture::isDone).count() >= 4);
      for (CompletableFuture<Status> end : ends) {
        if (end.isDone()) {
          assertEquals(Status.Code.RESOURCE_EXHAUSTED, end.get(1, TimeUnit.SECONDS).getCode());
        }
      }
      assertTrue(world.ingress.inboundBytes() <= 16 * MEBIBYTE);
    }
  }

  /** What its caller gave up is held for as long as it waits, and not carried out. */
  @Test
  void whatIsGivenUpCountsUntilItIsDropped() throws Exception {
    try (World world = world(10)) {
      Object lock = new Object();
      Engine slow = lockedEvents(world.engine, lock);
      try (GrpcIngress ingress = GrpcIngress.start(GrpcConfig.on(World.loopback()), slow);
          RingmasterClient client =
              RingmasterClient.connect("127.0.0.1", ingress.address().getPort())) {
        InvocationServiceGrpc.InvocationServiceFutureStub stub =
            InvocationServiceGrpc.newFutureStub(client.channel());
        InvokeRequest event =
            request("echo", "1").toBuilder()
                .setInvocationType(InvocationType.INVOCATION_TYPE_EVENT)
                .build();
        InvokeRequest large =
            event.toBuilder()
                .setPayload(ByteString.copyFromUtf8("\"" + "x".repeat(70_000) + "\""))
                .build();
        synchronized (lock) { // whoever brings it something waits
          List<Future<InvokeResponse>> first = new ArrayList<>();
          for (int i = 0; i < 4; i++) {
            first.add(stub.invoke(event));
          }
          await().until(() -> blocked() == first.size());
          Future<InvokeResponse> waits = stub.invoke(large);
          await().until(() -> ingress.inboundBytes() >= 70_000);
          assertEquals("1", client.invoke("echo", "1").getPayload().toStringUtf8());
          waits.cancel(true);
          // On the same connection: so the end of that one was seen.
          assertEquals("1", client.invoke("echo", "1").getPayload().toStringUtf8());
          assertTrue(ingress.inboundBytes() >= 70_000);
        }
        await().until(() -> ingress.inboundBytes() == 0);
        await().until(() -> world.engine.events().status().waiting() == 0);
        assertEquals(4, world.engine.events().status().counters().get("eventsAccepted"));
      }
    }
  }

  /** The same engine; who hands it events waits for a lock. */
  private static Engine lockedEvents(Engine engine, Object lock) {
    return (Engine)
        Proxy.newProxyInstance(
            Engine.class.getClassLoader(),
            new Class<?>[] {Engine.class},
            (proxy, method, arguments) -> {
              if (method.getName().equals("events")) {
                synchronized (lock) {
                  return engine.events();
                }
              }
              return method.invoke(engine, arguments);
            });
  }

  /** Threads for what may wait that wait for a lock. */
  private static long blocked() {
    return Thread.getAllStackTraces().keySet().stream()
        .filter(thread -> thread.getName().startsWith("ringmaster-grpc-accept-"))
        .filter(thread -> thread.getState() == Thread.State.BLOCKED)
        .count();
  }

  /** Messages that are there, of RPCs that do not go on: what is too much is told so. */
  @Test
  void bytesThatAreHeldForCallersAreBounded() throws Exception {
    try (World world = world(10)) {
      List<ClientCall<InvokeRequest, InvokeResponse>> calls = new ArrayList<>();
      List<CompletableFuture<Status>> ends = new ArrayList<>();
      InvokeRequest large = request("echo", "\"" + "x".repeat(4 * MEBIBYTE) + "\"");
      for (int i = 0; i < 6; i++) {
        ClientCall<InvokeRequest, InvokeResponse> call =
            world
                .client
                .channel()
                .newCall(InvocationServiceGrpc.getInvokeMethod(), CallOptions.DEFAULT);
        CompletableFuture<Status> end = new CompletableFuture<>();
        call.start(
            new ClientCall.Listener<>() {
              @Override
              public void onClose(Status status, Metadata trailers) {
                end.complete(status);
              }
            },
            new Metadata());
        call.request(1);
        call.sendMessage(large);
        calls.add(call);
        ends.add(end);
      }
      await().until(() -> ends.stream().filter(CompletableFuture::isDone).count() >= 2);
      long refused = 0;
      for (CompletableFuture<Status> end : ends) {
        if (end.isDone()) {
          assertEquals(Status.Code.RESOURCE_EXHAUSTED, end.get(1, TimeUnit.SECONDS).getCode());
          refused++;
        }
      }
      assertTrue(refused < 6, "nothing was taken");
      assertTrue(world.ingress.inboundBytes() <= 16 * MEBIBYTE);
      assertEquals("1", world.client.invoke("echo", "1").getPayload().toStringUtf8());
      for (int i = 0; i < 6; i++) {
        if (!ends.get(i).isDone()) {
          calls.get(i).halfClose();
          assertEquals(Status.Code.OK, ends.get(i).get(20, TimeUnit.SECONDS).getCode());
        }
      }
      await().until(() -> world.ingress.inboundBytes() == 0);
    }
  }
}
