package io.ringmaster.grpc;

import static io.ringmaster.grpc.World.request;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.grpc.Status;
import io.ringmaster.api.EngineConfig;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.grpc.client.InvocationStream;
import io.ringmaster.grpc.client.RefusedException;
import io.ringmaster.grpc.v1.InvocationServiceGrpc;
import io.ringmaster.grpc.v1.InvocationType;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import io.ringmaster.grpc.v1.InvokeWithResponseStreamRequest;
import java.io.IOException;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is looked at before an invocation is the engine's, and what never is. */
class IntakeTest {
  private static final Set<String> seen = ConcurrentHashMap.newKeySet();
  private static World world;

  @BeforeAll
  static void open() throws IOException {
    world = new World();
    world.create("ids", FunctionCode.inJvm((event, response) -> seen.add(event.requestId())));
  }

  @AfterAll
  static void close() {
    world.close();
  }

  private static InvokeRequest typed(String function, String payload, InvocationType type) {
    return request(function, payload).toBuilder().setInvocationType(type).build();
  }

  private static RefusedException refusal(CompletableFuture<InvokeResponse> call) {
    return (RefusedException) assertThrows(CompletionException.class, call::join).getCause();
  }

  /** Of whichever size, and by whichever way it comes. */
  @ParameterizedTest
  @ValueSource(ints = {1, 200_000})
  void anEventThatIsNoJsonIsRefusedAsByHttp(int length) {
    String event = "{'a': \"" + "x".repeat(length) + "\"}";
    try (InvocationStream stream = world.client.openStream()) {
      for (RefusedException refused :
          new RefusedException[] {
            refusal(world.client.invokeAsync(request("echo", event))),
            refusal(stream.invoke(request("echo", event)))
          }) {
        assertEquals(Status.Code.INVALID_ARGUMENT, refused.grpcCode());
        assertEquals("InvalidRequestContentException", refused.code());
        assertTrue(
            refused
                .getMessage()
                .contains(
                    "Could not parse request body into json: Could not parse payload into json:"
                        + " Unexpected character ('''"),
            refused.getMessage());
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 200_000, 3_000_000})
  void anEventThatIsJsonRuns(int length) {
    String event = "\"" + "x".repeat(length) + "\"";
    assertEquals(event, world.client.invoke("echo", event).getPayload().toStringUtf8());
    try (InvocationStream stream = world.client.openStream()) {
      InvokeResponse answer = stream.invoke(request("echo", event)).join();
      assertEquals(event, answer.getPayload().toStringUtf8());
      assertEquals(200, answer.getStatusCode());
    }
  }

  @Test
  void anEventIsAcceptedAndRunsWithTheIdThatIsTold() {
    InvokeRequest event = typed("ids", "1", InvocationType.INVOCATION_TYPE_EVENT);
    try (InvocationStream stream = world.client.openStream()) {
      for (InvokeResponse accepted :
          new InvokeResponse[] {
            world.client.invokeAsync(event).join(), stream.invoke(event).join()
          }) {
        assertEquals(202, accepted.getStatusCode());
        assertTrue(accepted.getPayload().isEmpty());
        await().until(() -> seen.contains(accepted.getRequestId()));
      }
    }
  }

  @Test
  void aDryRunRunsNothing() {
    InvokeRequest dry = typed("gated", "1", InvocationType.INVOCATION_TYPE_DRY_RUN);
    assertEquals(204, world.client.invokeAsync(dry).join().getStatusCode());
    assertEquals(0, world.begun.get());
    for (InvocationType type :
        new InvocationType[] {
          InvocationType.INVOCATION_TYPE_DRY_RUN, InvocationType.INVOCATION_TYPE_EVENT
        }) {
      RefusedException refused = refusal(world.client.invokeAsync(typed("nobody", "1", type)));
      assertEquals(Status.Code.NOT_FOUND, refused.grpcCode());
      assertEquals("ResourceNotFoundException", refused.code());
      assertTrue(refused.getMessage().contains(":nobody:$LATEST"), refused.getMessage());
    }
  }

  @Test
  void anEventForAFunctionThatIsPendingIsRefusedAsByHttp() throws IOException {
    try (World young =
        new World(
            GrpcConfig.on(World.loopback()),
            EngineConfig.builder().statePendingMin(Duration.ofMinutes(1)))) {
      RefusedException refused =
          refusal(
              young.client.invokeAsync(typed("echo", "1", InvocationType.INVOCATION_TYPE_EVENT)));
      assertEquals("ResourceConflictException", refused.code());
      assertTrue(
          refused
              .getMessage()
              .contains("The function is currently in the following state: Pending"),
          refused.getMessage());
    }
  }

  @Test
  void whatCannotBeIsRefused() {
    InvokeRequest large =
        typed("ids", "\"" + "x".repeat(1 << 20) + "\"", InvocationType.INVOCATION_TYPE_EVENT);
    RefusedException refused = refusal(world.client.invokeAsync(large));
    assertEquals("RequestTooLargeException", refused.code());
    InvokeRequest strange = request("ids", "1").toBuilder().setInvocationTypeValue(9).build();
    refused = refusal(world.client.invokeAsync(strange));
    assertEquals("ValidationException", refused.code());
    InvokeRequest context = request("ids", "1").toBuilder().setClientContext("{").build();
    refused = refusal(world.client.invokeAsync(context));
    assertEquals("InvalidRequestContentException", refused.code());
    io.grpc.StatusRuntimeException inParts =
        assertThrows(
            io.grpc.StatusRuntimeException.class,
            () ->
                InvocationServiceGrpc.newBlockingStub(world.client.channel())
                    .invokeWithResponseStream(
                        InvokeWithResponseStreamRequest.newBuilder()
                            .setInvocation(typed("ids", "1", InvocationType.INVOCATION_TYPE_EVENT))
                            .build())
                    .hasNext());
    assertEquals(Status.Code.INVALID_ARGUMENT, inParts.getStatus().getCode());
  }
}
