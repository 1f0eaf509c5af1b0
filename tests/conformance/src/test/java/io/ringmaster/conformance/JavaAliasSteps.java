package io.ringmaster.conformance;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import software.amazon.awssdk.core.SdkBytes;
import software.amazon.awssdk.services.lambda.model.AliasConfiguration;
import software.amazon.awssdk.services.lambda.model.CreateAliasResponse;
import software.amazon.awssdk.services.lambda.model.FunctionConfiguration;
import software.amazon.awssdk.services.lambda.model.GetAccountSettingsResponse;
import software.amazon.awssdk.services.lambda.model.InvalidParameterValueException;
import software.amazon.awssdk.services.lambda.model.PreconditionFailedException;
import software.amazon.awssdk.services.lambda.model.PublishVersionResponse;
import software.amazon.awssdk.services.lambda.model.ResourceConflictException;
import software.amazon.awssdk.services.lambda.model.ResourceNotFoundException;
import software.amazon.awssdk.services.lambda.model.ThrottleReason;
import software.amazon.awssdk.services.lambda.model.TooManyRequestsException;
import software.amazon.awssdk.services.lambda.model.UpdateAliasResponse;
import software.amazon.awssdk.services.lambda.model.UpdateFunctionCodeResponse;

/** Versions, aliases, concurrency, tags. */
class JavaAliasSteps extends JavaFunctionSteps {
  JavaAliasSteps(TestServer server, Packages packages, String name) throws IOException {
    super(server, packages, name);
    step("publish", this::publish);
    step("aliases", this::aliases);
    step("alias-weights", this::aliasWeights);
    step("concurrency", this::concurrency);
    step("account-settings", this::accountSettings);
    step("tags", this::tags);
  }

  private void publish() throws Exception {
    String two = Packages.sha256(packages.two());
    PublishVersionResponse first =
        lambda.publishVersion(r -> r.functionName(name).description("first"));
    assertEquals("1", first.version());
    assertEquals(arn + ":1", first.functionArn());
    assertEquals("first", first.description());
    assertEquals(two, first.codeSha256());
    assertEquals("1", lambda.publishVersion(r -> r.functionName(name)).version());
    waiter.waitUntilPublishedVersionActive(r -> r.functionName(name).qualifier("1"));
    refused(
        InvalidParameterValueException.class,
        "CodeSHA256 (AAAA) is different from current CodeSHA256 in $LATEST ("
            + two
            + "). Please try again with the CodeSHA256 in $LATEST.",
        () -> lambda.publishVersion(r -> r.functionName(name).codeSha256("AAAA")));
    UpdateFunctionCodeResponse second =
        lambda.updateFunctionCode(r -> r.functionName(name).zipFile(one()).publish(true));
    assertEquals("2", second.version());
    assertEquals(arn + ":2", second.functionArn());
    updated();
    List<String> versions =
        lambda
            .listVersionsByFunctionPaginator(r -> r.functionName(name).maxItems(1))
            .versions()
            .stream()
            .map(FunctionConfiguration::version)
            .toList();
    assertEquals(List.of("$LATEST", "1", "2"), versions);
    for (String version : List.of("1", "2")) {
      Invoked invoked = invoke("{}", r -> r.qualifier(version));
      assertEquals(version, invoked.answer().executedVersion());
      assertEquals(version, invoked.result().path("version").asText());
      assertEquals(version.equals("1") ? "two" : "one", invoked.result().path("release").asText());
    }
    assertEquals(
        "1",
        lambda.getFunction(r -> r.functionName(name).qualifier("1")).configuration().version());
    refused(
        InvalidParameterValueException.class,
        "The derived qualifier from the function name does not match the specified qualifier.",
        () -> lambda.getFunction(r -> r.functionName(name + ":1").qualifier("2")));
  }

  private void aliases() throws Exception {
    CreateAliasResponse answer =
        lambda.createAlias(
            r -> r.functionName(name).name("live").functionVersion("1").description("to one"));
    assertEquals(arn + ":live", answer.aliasArn());
    assertEquals("live", answer.name());
    assertEquals("1", answer.functionVersion());
    assertEquals("to one", answer.description());
    refused(
        ResourceConflictException.class,
        "Alias already exists: " + arn + ":live",
        () -> lambda.createAlias(r -> r.functionName(name).name("live").functionVersion("1")));
    refused(
        ResourceNotFoundException.class,
        "Cannot find alias arn: " + arn + ":none",
        () -> lambda.getAlias(r -> r.functionName(name).name("none")));
    refused(
        ResourceNotFoundException.class,
        "Alias not found: " + arn + ":none",
        () -> lambda.updateAlias(r -> r.functionName(name).name("none").functionVersion("1")));
    Invoked invoked = invoke("{}", r -> r.qualifier("live"));
    assertEquals("1", invoked.answer().executedVersion());
    lambda.createAlias(r -> r.functionName(name).name("next").functionVersion("2"));
    List<String> names =
        lambda.listAliasesPaginator(r -> r.functionName(name).maxItems(1)).aliases().stream()
            .map(AliasConfiguration::name)
            .toList();
    assertEquals(List.of("live", "next"), names);
  }

  private void aliasWeights() throws Exception {
    UpdateAliasResponse answer =
        lambda.updateAlias(
            r ->
                r.functionName(name)
                    .name("live")
                    .routingConfig(c -> c.additionalVersionWeights(Map.of("2", 0.5))));
    assertEquals(Map.of("2", 0.5), answer.routingConfig().additionalVersionWeights());
    assertEquals("1", answer.functionVersion());
    assertEquals(
        Map.of("2", 0.5),
        lambda
            .getAlias(r -> r.functionName(name).name("live"))
            .routingConfig()
            .additionalVersionWeights());
    Set<String> seen = new HashSet<>();
    eventually(
        "both versions are called",
        () -> {
          seen.add(invoke("{}", r -> r.qualifier("live")).answer().executedVersion());
          return seen.equals(Set.of("1", "2"));
        });
    lambda.updateAlias(
        r ->
            r.functionName(name)
                .name("live")
                .functionVersion("2")
                .routingConfig(c -> c.additionalVersionWeights(Map.of())));
    assertEquals("2", invoke("{}", r -> r.qualifier("live")).answer().executedVersion());
    refused(
        PreconditionFailedException.class,
        STALE,
        () ->
            lambda.updateAlias(
                r -> r.functionName(name).name("live").functionVersion("1").revisionId(STALE_ID)));
  }

  private void concurrency() throws Exception {
    assertEquals(
        0,
        lambda
            .putFunctionConcurrency(r -> r.functionName(name).reservedConcurrentExecutions(0))
            .reservedConcurrentExecutions());
    assertEquals(
        0, lambda.getFunctionConcurrency(r -> r.functionName(name)).reservedConcurrentExecutions());
    assertEquals(
        0,
        lambda.getFunction(r -> r.functionName(name)).concurrency().reservedConcurrentExecutions());
    TooManyRequestsException throttled =
        refused(
            TooManyRequestsException.class,
            "Rate Exceeded.",
            () -> lambda.invoke(r -> r.functionName(name).payload(SdkBytes.fromUtf8String("{}"))));
    assertEquals(
        ThrottleReason.RESERVED_FUNCTION_CONCURRENT_INVOCATION_LIMIT_EXCEEDED, throttled.reason());
    lambda.deleteFunctionConcurrency(r -> r.functionName(name));
    assertNull(
        lambda.getFunctionConcurrency(r -> r.functionName(name)).reservedConcurrentExecutions());
    assertEquals("one", invoke("{}").result().path("release").asText());
    refused(
        InvalidParameterValueException.class,
        "Specified ReservedConcurrentExecutions for function decreases account's"
            + " UnreservedConcurrentExecution below its minimum value of [100].",
        () ->
            lambda.putFunctionConcurrency(
                r -> r.functionName(name).reservedConcurrentExecutions(950)));
  }

  private void accountSettings() {
    GetAccountSettingsResponse answer = lambda.getAccountSettings(r -> {});
    assertEquals(1000, answer.accountLimit().concurrentExecutions());
    assertEquals(262_144_000L, answer.accountLimit().codeSizeUnzipped());
    assertEquals(52_428_800L, answer.accountLimit().codeSizeZipped());
    assertTrue(answer.accountUsage().functionCount() >= 1, answer::toString);
    assertTrue(answer.accountUsage().totalCodeSize() >= packages.one().length, answer::toString);
  }

  private void tags() {
    lambda.tagResource(r -> r.resource(arn).tags(Map.of("colour", "dark blue", "empty", "")));
    Map<String, String> found = lambda.listTags(r -> r.resource(arn)).tags();
    assertEquals("dark blue", found.get("colour"));
    assertEquals("", found.get("empty"));
    assertEquals("blue", found.get("team"));
    lambda.untagResource(r -> r.resource(arn).tagKeys("team", "empty"));
    found = lambda.listTags(r -> r.resource(arn)).tags();
    assertNull(found.get("team"));
    assertNull(found.get("empty"));
    assertEquals("dark blue", found.get("colour"));
    refused(
        ResourceNotFoundException.class,
        "Function not found: " + NO_SUCH,
        () -> lambda.listTags(r -> r.resource(NO_SUCH)));
    Map<String, String> many =
        IntStream.range(0, 51).boxed().collect(Collectors.toMap(n -> "key-" + n, n -> "v"));
    refused(
        InvalidParameterValueException.class,
        "Number of tags exceeds resource tag limit.",
        () -> lambda.tagResource(r -> r.resource(arn).tags(many)));
  }
}
