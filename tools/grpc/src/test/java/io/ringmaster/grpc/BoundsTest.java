package io.ringmaster.grpc;

import static io.ringmaster.grpc.World.request;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.CallOptions;
import io.grpc.ClientCall;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import java.io.IOException;
import java.net.Socket;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What callers may have at once, over all of them. */
class BoundsTest {
  private static final int MEBIBYTE = 1 << 20;

  private static World world(int connections) throws IOException {
    return new World(
        GrpcConfig.on(World.loopback())
            .withLimits(new GrpcConfig.Limits(connections, 64, 64, 64L << 20, 16L << 20)));
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
