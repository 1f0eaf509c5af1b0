package io.ringmaster.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.model.CreateFunctionResponse;
import software.amazon.awssdk.services.lambda.model.GetFunctionConfigurationResponse;
import software.amazon.awssdk.services.lambda.model.GetFunctionResponse;
import software.amazon.awssdk.services.lambda.model.InvalidRequestContentException;
import software.amazon.awssdk.services.lambda.model.InvocationType;
import software.amazon.awssdk.services.lambda.model.InvokeResponse;
import software.amazon.awssdk.services.lambda.model.InvokeWithResponseStreamCompleteEvent;
import software.amazon.awssdk.services.lambda.model.InvokeWithResponseStreamResponseHandler;
import software.amazon.awssdk.services.lambda.model.LastUpdateStatus;
import software.amazon.awssdk.services.lambda.model.LogFormat;
import software.amazon.awssdk.services.lambda.model.LogType;
import software.amazon.awssdk.services.lambda.model.PackageType;
import software.amazon.awssdk.services.lambda.model.PreconditionFailedException;
import software.amazon.awssdk.services.lambda.model.RequestTooLargeException;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.SnapStartApplyOn;
import software.amazon.awssdk.services.lambda.model.State;
import software.amazon.awssdk.services.lambda.model.StateReasonCode;
import software.amazon.awssdk.services.lambda.model.TracingMode;
import software.amazon.awssdk.services.lambda.model.UpdateFunctionCodeResponse;
import software.amazon.awssdk.services.lambda.model.UpdateFunctionConfigurationResponse;

/** A function is made, invoked in every way, and changed. */
class JavaFunctionSteps extends JavaClient {
  JavaFunctionSteps(TestServer server, Packages packages, String name) throws IOException {
    super(server, packages, name);
    step("create", this::create);
    step("create-again-is-refused", this::createAgain);
    step("wait-until-active", this::waitUntilActive);
    step("get", this::get);
    step("invoke-synchronously", this::invokeSynchronously);
    step("invoke-with-an-error", this::invokeWithAnError);
    step("invoke-with-the-log-tail", this::invokeWithTheLogTail);
    step("invoke-with-a-client-context", this::invokeWithAClientContext);
    step("invoke-dry", this::invokeDry);
    step("invoke-as-event", this::invokeAsEvent);
    step("invoke-as-event-the-old-way", this::invokeAsEventTheOldWay);
    step("invoke-refusals", this::invokeRefusals);
    step("invoke-with-a-streamed-answer", this::invokeWithAStreamedAnswer);
    step("update-code", this::updateCode);
    step("update-configuration", this::updateConfiguration);
    step("stale-revisions", this::staleRevisions);
  }

  final SdkBytes one() {
    return SdkBytes.fromByteArray(packages.one());
  }

  final SdkBytes two() {
    return SdkBytes.fromByteArray(packages.two());
  }

  private void create() {
    CreateFunctionResponse answer =
        lambda.createFunction(
            r ->
                r.functionName(name)
                    .runtime(RUNTIME)
                    .role(ROLE)
                    .handler("app.handler")
                    .code(code -> code.zipFile(one()))
                    .description("a life")
                    .timeout(30)
                    .memorySize(256)
                    .environment(e -> e.variables(Map.of("STAGE", "test")))
                    .tags(Map.of("team", "blue")));
    assertEquals(name, answer.functionName());
    assertEquals(arn, answer.functionArn());
    assertEquals(RUNTIME, answer.runtime());
    assertEquals(ROLE, answer.role());
    assertEquals("app.handler", answer.handler());
    assertEquals(packages.one().length, answer.codeSize());
    assertEquals(Packages.sha256(packages.one()), answer.codeSha256());
    assertEquals("a life", answer.description());
    assertEquals(30, answer.timeout());
    assertEquals(256, answer.memorySize());
    assertEquals("$LATEST", answer.version());
    assertEquals(Map.of("STAGE", "test"), answer.environment().variables());
    assertEquals(TracingMode.PASS_THROUGH, answer.tracingConfig().mode());
    assertEquals(State.PENDING, answer.state());
    assertEquals("The function is being created.", answer.stateReason());
    assertEquals(StateReasonCode.CREATING, answer.stateReasonCode());
    assertEquals(PackageType.ZIP, answer.packageType());
    assertEquals(512, answer.ephemeralStorage().size());
    assertEquals(LogFormat.TEXT, answer.loggingConfig().logFormat());
    assertEquals("/aws/lambda/" + name, answer.loggingConfig().logGroup());
    assertEquals(SnapStartApplyOn.NONE, answer.snapStart().applyOn());
    assertEquals(36, answer.revisionId().length());
    assertEquals(1, answer.architectures().size());
    assertTrue(
        answer.runtimeVersionConfig().runtimeVersionArn().startsWith("arn:aws:lambda:"),
        answer::toString);
    assertNull(answer.lastUpdateStatus());
  }

  private void createAgain() {
    refused(
        ResourceConflictException.class,
        "Function already exist: " + name,
        () ->
            lambda.createFunction(
                r ->
                    r.functionName(name)
                        .runtime(RUNTIME)
                        .role(ROLE)
                        .handler("app.handler")
                        .code(code -> code.zipFile(one()))));
  }

  final GetFunctionConfigurationResponse configuration() {
    return lambda.getFunctionConfiguration(r -> r.functionName(name));
  }

  private void waitUntilActive() {
    waiter.waitUntilFunctionActiveV2(r -> r.functionName(name));
    assertEquals(State.ACTIVE, configuration().state());
    assertEquals(LastUpdateStatus.SUCCESSFUL, configuration().lastUpdateStatus());
    assertNull(configuration().stateReason());
  }

  private void get() throws Exception {
    GetFunctionResponse answer = lambda.getFunction(r -> r.functionName(name));
    assertEquals("S3", answer.code().repositoryType());
    assertEquals(Map.of("team", "blue"), answer.tags());
    assertNull(answer.concurrency());
    assertArrayEquals(packages.one(), fetch(answer.code().location()));
    for (String form :
        List.of(arn, "123456789012:function:" + name, name + ":$LATEST", arn + ":$LATEST")) {
      assertEquals(name, lambda.getFunctionConfiguration(r -> r.functionName(form)).functionName());
    }
  }

  private void invokeSynchronously() throws Exception {
    Invoked invoked = invoke("{\"word\":\"grüße\"}");
    assertEquals("one", invoked.result().path("release").asText());
    assertEquals("{\"word\":\"grüße\"}", invoked.result().path("event").toString());
    assertEquals("test", invoked.result().path("stage").asText());
    assertEquals("$LATEST", invoked.result().path("version").asText());
    assertEquals("$LATEST", invoked.answer().executedVersion());
    assertNull(invoked.answer().functionError());
  }

  private void invokeWithAnError() throws Exception {
    Invoked invoked = invoke("{\"do\":\"fail\"}");
    assertEquals("Unhandled", invoked.answer().functionError());
    assertEquals("$LATEST", invoked.answer().executedVersion());
    assertEquals("as asked", invoked.result().path("errorMessage").asText());
    assertEquals("ValueError", invoked.result().path("errorType").asText());
  }

  private void invokeWithTheLogTail() throws Exception {
    Invoked invoked = invoke("{\"word\":\"tail\"}", r -> r.logType(LogType.TAIL));
    String log = new String(Base64.getDecoder().decode(invoked.answer().logResult()), UTF_8);
    for (String part :
        List.of("START RequestId: ", "said: tail\n", "END RequestId: ", "REPORT RequestId: ")) {
      assertTrue(log.contains(part), log);
    }
  }

  private void invokeWithAClientContext() throws Exception {
    String context =
        "{\"custom\":{\"who\":\"ada\"},\"env\":{\"locale\":\"de\"},\"client\":{\"app_title\":\"life\"}}";
    String encoded = Base64.getEncoder().encodeToString(context.getBytes(UTF_8));
    Invoked invoked = invoke("{\"do\":\"context\"}", r -> r.clientContext(encoded));
    assertEquals(
        "{\"custom\":{\"who\":\"ada\"},\"env\":{\"locale\":\"de\"}}", invoked.result().toString());
  }

  final InvokeResponse invokeAs(InvocationType type, String event) {
    return lambda.invoke(
        r -> r.functionName(name).invocationType(type).payload(SdkBytes.fromUtf8String(event)));
  }

  private void invokeDry() {
    InvokeResponse answer = invokeAs(InvocationType.DRY_RUN, "{}");
    assertEquals(204, answer.statusCode());
    assertEquals(0, answer.payload().asByteArray().length);
  }

  /** The function tags itself, by calling the engine: so its run can be seen. */
  private void invokeAsEvent() throws Exception {
    InvokeResponse answer =
        invokeAs(InvocationType.EVENT, "{\"do\":\"tag\",\"key\":\"seen\",\"value\":\"by-java\"}");
    assertEquals(202, answer.statusCode());
    assertEquals(0, answer.payload().asByteArray().length);
    assertNull(answer.executedVersion());
    eventually(
        "the event's invocation leaves its tag",
        () -> "by-java".equals(lambda.listTags(r -> r.resource(arn)).tags().get("seen")));
  }

  /** The SDK has no method for it any more: a bare request. */
  private void invokeAsEventTheOldWay() throws Exception {
    String event = "{\"do\":\"tag\",\"key\":\"seen\",\"value\":\"of-old\"}";
    assertEquals(
        202, bare("InvokeAsync", "/2014-11-13/functions/" + name + "/invoke-async", event));
    eventually(
        "the tag", () -> "of-old".equals(lambda.listTags(r -> r.resource(arn)).tags().get("seen")));
  }

  private void invokeRefusals() throws Exception {
    refused(
        ResourceNotFoundException.class,
        "Function not found: " + NO_SUCH + ":$LATEST",
        () -> lambda.invoke(r -> r.functionName("no-such")));
    refused(
        ResourceNotFoundException.class,
        "Function not found: " + arn + ":77",
        () -> lambda.invoke(r -> r.functionName(name).qualifier("77")));
    refused(
        InvalidRequestContentException.class,
        "Could not parse request body into json: Could not parse payload into json: …",
        () ->
            lambda.invoke(r -> r.functionName(name).payload(SdkBytes.fromUtf8String("{nothing"))));
    String large = "\"" + "x".repeat(6_291_456) + "\"";
    refused(
        RequestTooLargeException.class,
        "6291458 byte payload is too large for the RequestResponse invocation type (limit 6291456"
            + " bytes)",
        () -> lambda.invoke(r -> r.functionName(name).payload(SdkBytes.fromUtf8String(large))));
    Invoked invoked = invoke("{\"do\":\"large\",\"bytes\":6291556}");
    assertEquals("Unhandled", invoked.answer().functionError());
    assertEquals("Function.ResponseSizeTooLarge", invoked.result().path("errorType").asText());
  }

  /** A streamed answer, and its last event. */
  private record Streamed(String payload, InvokeWithResponseStreamCompleteEvent complete) {}

  private Streamed stream(String event) throws Exception {
    ByteArrayOutputStream payload = new ByteArrayOutputStream();
    AtomicReference<InvokeWithResponseStreamCompleteEvent> complete = new AtomicReference<>();
    InvokeWithResponseStreamResponseHandler handler =
        InvokeWithResponseStreamResponseHandler.builder()
            .subscriber(
                InvokeWithResponseStreamResponseHandler.Visitor.builder()
                    .onPayloadChunk(chunk -> payload.writeBytes(chunk.payload().asByteArray()))
                    .onInvokeComplete(complete::set)
                    .build())
            .build();
    asynchronous
        .invokeWithResponseStream(
            r ->
                r.functionName(name)
                    .logType(LogType.TAIL)
                    .payload(SdkBytes.fromByteBuffer(ByteBuffer.wrap(event.getBytes(UTF_8)))),
            handler)
        .get(60, TimeUnit.SECONDS);
    return new Streamed(payload.toString(UTF_8), complete.get());
  }

  private void invokeWithAStreamedAnswer() throws Exception {
    Streamed streamed = stream("{\"word\":\"stream\"}");
    assertEquals("one", JSON.readTree(streamed.payload()).path("release").asText());
    String log = new String(Base64.getDecoder().decode(streamed.complete().logResult()), UTF_8);
    assertTrue(log.contains("REPORT RequestId: "), log);
    assertNull(streamed.complete().errorCode());
    Streamed failed = stream("{\"do\":\"fail\"}");
    assertEquals("Unhandled", failed.complete().errorCode());
    assertTrue(failed.complete().errorDetails().contains("as asked"), failed::toString);
  }

  private void updateCode() throws Exception {
    String before = configuration().revisionId();
    String sha256 = Packages.sha256(packages.two());
    UpdateFunctionCodeResponse dry =
        lambda.updateFunctionCode(r -> r.functionName(name).zipFile(two()).dryRun(true));
    assertEquals(sha256, dry.codeSha256());
    assertEquals(before, configuration().revisionId());
    UpdateFunctionCodeResponse answer =
        lambda.updateFunctionCode(r -> r.functionName(name).zipFile(two()));
    assertEquals(sha256, answer.codeSha256());
    assertEquals(packages.two().length, answer.codeSize());
    assertEquals(LastUpdateStatus.IN_PROGRESS, answer.lastUpdateStatus());
    assertNotEquals(before, answer.revisionId());
    updated();
    assertEquals("two", invoke("{}").result().path("release").asText());
    String location = lambda.getFunction(r -> r.functionName(name)).code().location();
    assertArrayEquals(packages.two(), fetch(location));
  }

  private void updateConfiguration() throws Exception {
    UpdateFunctionConfigurationResponse answer =
        lambda.updateFunctionConfiguration(
            r ->
                r.functionName(name)
                    .description("changed")
                    .timeout(20)
                    .memorySize(512)
                    .environment(e -> e.variables(Map.of("STAGE", "changed"))));
    assertEquals("changed", answer.description());
    assertEquals(20, answer.timeout());
    assertEquals(512, answer.memorySize());
    assertEquals(LastUpdateStatus.IN_PROGRESS, answer.lastUpdateStatus());
    updated();
    Invoked invoked = invoke("{}");
    assertEquals("changed", invoked.result().path("stage").asText());
    assertEquals("512", invoked.result().path("memory").asText());
    assertEquals("app.handler", configuration().handler());
  }

  private void staleRevisions() {
    refused(
        PreconditionFailedException.class,
        STALE,
        () ->
            lambda.updateFunctionConfiguration(
                r -> r.functionName(name).description("x").revisionId(STALE_ID)));
    refused(
        PreconditionFailedException.class,
        STALE,
        () ->
            lambda.updateFunctionCode(
                r -> r.functionName(name).zipFile(one()).revisionId(STALE_ID)));
    refused(
        PreconditionFailedException.class,
        STALE,
        () -> lambda.publishVersion(r -> r.functionName(name).revisionId(STALE_ID)));
    String current = configuration().revisionId();
    assertFalse(current.isEmpty());
    lambda.updateFunctionConfiguration(
        r -> r.functionName(name).description("conditional").revisionId(current));
    updated();
  }
}
