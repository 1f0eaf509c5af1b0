package io.ringmaster.grpc;

import static io.ringmaster.grpc.World.request;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.MetadataUtils;
import io.grpc.stub.StreamObserver;
import io.ringmaster.grpc.client.InvocationStream;
import io.ringmaster.grpc.client.RefusedException;
import io.ringmaster.grpc.client.RingmasterClient;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.ingress.loop.EventLoops;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.channels.ServerSocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import org.junit.jupiter.api.Test;

/** What is around the invocations: health, reflection, sockets, owners, the end. */
class IngressTest {

  @Test
  void healthTellsOfEveryServiceAndOfTheEnd() throws IOException {
    try (World world = new World()) {
      Queue<ServingStatus> watched = new ConcurrentLinkedQueue<>();
      HealthGrpc.newStub(world.client.channel())
          .watch(
              HealthCheckRequest.getDefaultInstance(),
              new StreamObserver<>() {
                @Override
                public void onNext(HealthCheckResponse response) {
                  watched.add(response.getStatus());
                }

                @Override
                public void onError(Throwable failed) {}

                @Override
                public void onCompleted() {}
              });
      await().until(() -> List.copyOf(watched).equals(List.of(ServingStatus.SERVING)));
      HealthGrpc.HealthBlockingStub health = HealthGrpc.newBlockingStub(world.client.channel());
      for (String service :
          List.of("", "ringmaster.v1.InvocationService", "ringmaster.v1.FunctionService")) {
        assertEquals(
            ServingStatus.SERVING,
            health.check(HealthCheckRequest.newBuilder().setService(service).build()).getStatus());
      }
      world.ingress.stopAccepting();
      await().until(() -> watched.contains(ServingStatus.NOT_SERVING));
    }
  }

  @Test
  void theInterfaceCanBeAskedFor() throws IOException {
    try (World world = new World()) {
      CompletableFuture<ServerReflectionResponse> answer = new CompletableFuture<>();
      StreamObserver<ServerReflectionRequest> requests =
          ServerReflectionGrpc.newStub(world.client.channel())
              .serverReflectionInfo(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse response) {
                      answer.complete(response);
                    }

                    @Override
                    public void onError(Throwable failed) {
                      answer.completeExceptionally(failed);
                    }

                    @Override
                    public void onCompleted() {}
                  });
      requests.onNext(ServerReflectionRequest.newBuilder().setListServices("").build());
      List<String> services =
          answer.join().getListServicesResponse().getServiceList().stream()
              .map(service -> service.getName())
              .toList();
      requests.onCompleted();
      assertTrue(services.contains("ringmaster.v1.InvocationService"), services.toString());
      assertTrue(services.contains("ringmaster.v1.FunctionService"), services.toString());
      assertTrue(services.contains("grpc.health.v1.Health"), services.toString());
    }
  }

  @Test
  void aBoundSocketAndSharedLoopsAreTaken() throws IOException {
    try (EventLoops loops = EventLoops.start("shared", 1);
        ServerSocketChannel bound = ServerSocketChannel.open()) {
      bound.bind(World.loopback());
      int port = bound.socket().getLocalPort();
      try (World world =
          new World(GrpcConfig.on(World.loopback()).withListening(bound).withEventLoops(loops))) {
        assertEquals(port, world.ingress.address().getPort());
        assertEquals("1", world.client.invoke("echo", "1").getPayload().toStringUtf8());
      }
      assertFalse(bound.isOpen());
      assertFalse(loops.group().isShuttingDown());
    }
  }

  @Test
  void anOwnerThatCannotBeIsRefused() throws IOException {
    try (World world = new World()) {
      Metadata headers = new Metadata();
      headers.put(Owners.ACCOUNT, "12");
      StatusRuntimeException refused =
          assertThrows(
              StatusRuntimeException.class,
              () ->
                  InvocationServiceGrpc.newBlockingStub(world.client.channel())
                      .withInterceptors(MetadataUtils.newAttachHeadersInterceptor(headers))
                      .invoke(request("echo", "1")));
      assertEquals(Status.Code.INVALID_ARGUMENT, refused.getStatus().getCode());
    }
  }

  /** What was accepted is answered; who comes later is not let in. */
  @Test
  void closingWaitsForWhatRuns() throws IOException {
    try (World world = new World()) {
      CompletableFuture<InvokeResponse> running = world.client.invokeAsync(request("gated", "1"));
      await().until(() -> world.begun.get() == 1);
      world.ingress.stopAccepting();
      await().until(() -> isUnavailable(world)); // what is said to the client takes a moment
      Thread closing = Thread.startVirtualThread(() -> world.ingress.close(Duration.ofMinutes(1)));
      world.gate.countDown();
      assertEquals("1", running.join().getPayload().toStringUtf8());
      await().until(() -> !closing.isAlive());
      assertThrows(
          IOException.class,
          () -> new Socket(InetAddress.getLoopbackAddress(), port(world)).close());
    }
  }

  private static boolean isUnavailable(World world) {
    try {
      world.client.invoke("echo", "1");
      return false;
    } catch (RefusedException late) {
      assertEquals(Status.Code.UNAVAILABLE, late.grpcCode());
      return true;
    }
  }

  private static int port(World world) {
    return world.ingress.address().getPort();
  }

  @Test
  void aStreamEndsAfterItsLastResult() throws IOException {
    try (World world = new World();
        InvocationStream stream = world.client.openStream()) {
      CompletableFuture<InvokeResponse> running = stream.invoke(request("gated", "1"));
      await().until(() -> world.begun.get() == 1);
      world.ingress.stopAccepting();
      Thread closing = Thread.startVirtualThread(() -> world.ingress.close(Duration.ofMinutes(1)));
      world.gate.countDown();
      assertEquals("1", running.join().getPayload().toStringUtf8());
      await().until(() -> !closing.isAlive());
    }
  }

  @Test
  void whatOutlivesTheDrainIsCancelled() throws IOException {
    try (World world = new World()) {
      CompletableFuture<InvokeResponse> running = world.client.invokeAsync(request("gated", "1"));
      await().until(() -> world.begun.get() == 1);
      world.ingress.close(Duration.ofMillis(50));
      await().until(running::isDone);
      assertTrue(running.isCompletedExceptionally());
      assertTrue(
          Thread.getAllStackTraces().keySet().stream()
              .noneMatch(thread -> thread.getName().startsWith("ringmaster-grpc")),
          "a thread is left");
      world.gate.countDown();
      await().until(() -> world.counter("inFlight") == 0);
    }
  }

  @Test
  void severalConnectionsAreServed() throws IOException {
    try (World world = new World()) {
      for (int i = 0; i < 5; i++) {
        try (RingmasterClient another = RingmasterClient.connect("127.0.0.1", port(world))) {
          assertEquals("1", another.invoke("echo", "1").getPayload().toStringUtf8());
        }
      }
    }
  }
}
