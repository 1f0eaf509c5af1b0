package io.ringmaster.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Alias;
import io.ringmaster.api.EngineException;
import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Refusal;
import io.ringmaster.core.resolve.AliasDefinition;
import io.ringmaster.core.resolve.VersionDefinition;
import io.ringmaster.persistence.spi.CodeRefusedException.Reason;
import io.ringmaster.persistence.spi.RegistryStore;
import io.ringmaster.sandbox.spi.PoolKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.function.Executable;

class RegistryTest {
  private static final String ARN = "arn:aws:lambda:us-east-1:123456789012:function:";

  private final CountingCodeStore store = new CountingCodeStore();
  private final Dispatch dispatch = new Dispatch();
  private final List<Exception> failures = new ArrayList<>();
  private Instant now = Instant.parse("2026-01-01T00:00:00Z");
  private final Registry registry = registry(1000, false);
  private final Functions functions = registry.functions();

  private Registry registry(int accountConcurrency, boolean allowDeprecated) {
    return new Registry(
        new RegistrySettings(
            "123456789012",
            "us-east-1",
            accountConcurrency,
            Long.MAX_VALUE,
            "x86_64",
            false,
            allowDeprecated,
            Duration.ZERO,
            () -> now,
            failures::add),
        RegistryStore.NONE,
        store,
        dispatch,
        dispatch);
  }

  private static FunctionCode code(String content) {
    return FunctionCode.zip(content.getBytes(StandardCharsets.UTF_8));
  }

  private static FunctionSpec.Builder spec(String name) {
    return FunctionSpec.named(name).runtime("python3.13").handler("app.handler").code(code("one"));
  }

  private static void refused(int status, String code, String message, Executable call) {
    Refusal refusal = assertThrows(LambdaException.class, call).refusal();
    assertEquals(new Refusal(status, code, message, null), refusal);
  }

  private static void invalid(String message, Executable call) {
    refused(400, "InvalidParameterValueException", message, call);
  }

  private static void validation(String problem, Executable call) {
    refused(400, "ValidationException", "1 validation error detected: " + problem, call);
  }

  private static void notFound(String message, Executable call) {
    refused(404, "ResourceNotFoundException", message, call);
  }

  private static void conflict(String message, Executable call) {
    refused(409, "ResourceConflictException", message, call);
  }

  private VersionDefinition inForce(String name, String label) {
    return dispatch.inForce.get(name).versions().get(label);
  }

  @Test
  void createsAFunctionAndPublishesIt() {
    FunctionConfiguration created =
        functions.create(
            spec("hello").memoryMb(512).timeoutSeconds(7).environment(Map.of("AB", "1")).build());
    assertEquals("hello", created.functionName());
    assertEquals(ARN + "hello", created.functionArn());
    assertEquals("$LATEST", created.version());
    assertEquals("sha-one", created.codeSha256());
    assertEquals(3, created.codeSize());
    assertEquals(List.of("x86_64"), created.architectures());
    assertEquals("Text", created.logFormat());
    assertNull(created.applicationLogLevel());
    assertEquals(now, created.lastModified());
    assertEquals(created, functions.get("hello"));
    assertEquals(
        ARN + "hello:$LATEST",
        functions.get(ARN + "hello:$LATEST").functionArn(),
        "as the caller qualified it");
    VersionDefinition version = inForce("hello", "$LATEST");
    assertEquals(new PoolKey("123456789012", version.id(), "", ""), version.key());
    assertEquals(Path.of("/code/one"), version.spec().code());
    assertEquals(512, version.spec().memoryMb());
    assertEquals(7_000_000_000L, version.spec().timeoutNs());
    assertEquals("/aws/lambda/hello", version.spec().identity().logGroup());
    assertEquals("", version.spec().identity().applicationLogLevel());
    assertEquals(Map.of("AB", "1"), version.spec().environment());
    assertFalse(version.inJvm());
    assertFalse(version.spec().rawMode());
    assertEquals(Map.of("one", 1), store.references);
  }

  @Test
  void createsRawAndJsonFunctions() {
    registry.createRaw(spec("raw").build());
    assertTrue(inForce("raw", "$LATEST").spec().rawMode());
    functions.updateConfiguration("raw", spec("raw").memoryMb(256).build());
    assertTrue(inForce("raw", "$LATEST").spec().rawMode());
    assertEquals(
        "INFO", functions.create(spec("json").logFormat("JSON").build()).applicationLogLevel());
    assertEquals("INFO", inForce("json", "$LATEST").spec().identity().applicationLogLevel());
  }

  @Test
  void refusesAFunctionThatExists() {
    functions.create(spec("hello").build());
    conflict(
        "Function already exist: hello",
        () -> functions.create(spec("hello").code(code("two")).build()));
    assertEquals(Map.of("one", 1), store.references);
  }

  @Test
  void refusesFunctionsThatAreNotThere() {
    notFound("Function not found: " + ARN + "no", () -> functions.get("no"));
    notFound("Function not found: " + ARN + "no:7", () -> functions.get("no", "7"));
    notFound("Function not found: " + ARN + "no", () -> functions.delete("no"));
    notFound("Function not found: " + ARN + "no", () -> functions.listVersions("no"));
    notFound("Function not found: " + ARN + "no", () -> functions.publishVersion("no"));
    notFound("Function not found: " + ARN + "no", () -> functions.updateCode("no", code("x")));
    notFound("Function not found: " + ARN + "no:$LATEST", () -> functions.putConcurrency("no", 1));
    functions.create(spec("hello").build());
    notFound("Function not found: " + ARN + "hello:1221", () -> functions.get("hello", "1221"));
    notFound("Function not found: " + ARN + "hello:01", () -> functions.get("hello", "01"));
    notFound(
        "Cannot find alias arn: " + ARN + "hello:live", () -> functions.getAlias("hello", "live"));
    notFound(
        "Alias not found: " + ARN + "hello:live",
        () -> functions.updateAlias("hello", "live", null, null, null));
    notFound(
        "Functions from 'ap-southeast-1' are not reachable in this region ('us-east-1')",
        () -> functions.get("arn:aws:lambda:ap-southeast-1:123456789012:function:hello"));
    refused(403, "AccessDeniedException", "", () -> functions.get("999999999999:function:hello"));
  }

  @Test
  void refusesValuesOutOfRange() {
    validation(
        "Value '127' at 'memorySize' failed to satisfy constraint: Member must have value greater"
            + " than or equal to 128",
        () -> functions.create(spec("f").memoryMb(127).build()));
    validation(
        "Value '10241' at 'memorySize' failed to satisfy constraint: Member must have value less"
            + " than or equal to 10240",
        () -> functions.create(spec("f").memoryMb(10_241).build()));
    validation(
        "Value '0' at 'timeout' failed to satisfy constraint: Member must have value greater than"
            + " or equal to 1",
        () -> functions.create(spec("f").timeoutSeconds(0).build()));
    validation(
        "Value '901' at 'timeout' failed to satisfy constraint: Member must have value less than or"
            + " equal to 900",
        () -> functions.create(spec("f").timeoutSeconds(901).build()));
    validation(
        "Value '511' at 'ephemeralStorage.size' failed to satisfy constraint: Member must have"
            + " value greater than or equal to 512",
        () -> functions.create(spec("f").ephemeralStorageMb(511).build()));
    validation(
        "Value '10241' at 'ephemeralStorage.size' failed to satisfy constraint: Member must have"
            + " value less than or equal to 10240",
        () -> functions.create(spec("f").ephemeralStorageMb(10_241).build()));
    String description = "d".repeat(257);
    validation(
        "Value '"
            + description
            + "' at 'description' failed to satisfy constraint: Member must have length less than"
            + " or equal to 256",
        () -> functions.create(spec("f").description(description).build()));
    String handler = "h".repeat(129);
    validation(
        "Value '"
            + handler
            + "' at 'handler' failed to satisfy constraint: Member must have length less than or"
            + " equal to 128",
        () -> functions.create(spec("f").handler(handler).build()));
    validation(
        "Value 'a b' at 'handler' failed to satisfy constraint: Member must satisfy regular"
            + " expression pattern: [^\\s]+",
        () -> functions.create(spec("f").handler("a b").build()));
    validation(
        "Value 'me' at 'role' failed to satisfy constraint: Member must satisfy regular expression"
            + " pattern: arn:(aws[a-zA-Z-]*)?:iam::\\d{12}:role/?[a-zA-Z_0-9+=,.@\\-_/]+",
        () -> functions.create(spec("f").role("me").build()));
    validation(
        "Value null at 'role' failed to satisfy constraint: Member must not be null",
        () -> functions.create(spec("f").role(null).build()));
    refused(
        400,
        "ValidationException",
        "2 validation errors detected: Value '1' at 'memorySize' failed to satisfy constraint:"
            + " Member must have value greater than or equal to 128; Value '0' at 'timeout' failed"
            + " to satisfy constraint: Member must have value greater than or equal to 1",
        () -> functions.create(spec("f").memoryMb(1).timeoutSeconds(0).build()));
    assertEquals(Map.of(), store.references);
  }

  @Test
  void refusesWordsThatAreNoneOfAws() {
    validation(
        "Value 'XML' at 'loggingConfig.logFormat' failed to satisfy constraint: Member must satisfy"
            + " enum value set: [JSON, Text]",
        () -> functions.create(spec("f").logFormat("XML").build()));
    validation(
        "Value 'LOUD' at 'loggingConfig.applicationLogLevel' failed to satisfy constraint: Member"
            + " must satisfy enum value set: [TRACE, DEBUG, INFO, WARN, ERROR, FATAL]",
        () -> functions.create(spec("f").applicationLogLevel("LOUD").build()));
    validation(
        "Value '[mips]' at 'architectures' failed to satisfy constraint: Member must satisfy"
            + " constraint: [Member must satisfy enum value set: [x86_64, arm64], Member must not"
            + " be null]",
        () -> functions.create(spec("f").architectures(List.of("mips")).build()));
    validation(
        "Value '[x86_64, arm64]' at 'architectures' failed to satisfy constraint: Member must have"
            + " length less than or equal to 1",
        () -> functions.create(spec("f").architectures(List.of("x86_64", "arm64")).build()));
    validation(
        "Value 'a.b' at 'functionName' failed to satisfy constraint: Member must satisfy regular"
            + " expression pattern: "
            + SpecRules.NAME.pattern(),
        () -> functions.create(spec("a.b").build()));
    validation(
        "Value '"
            + "n".repeat(65)
            + "' at 'functionName' failed to satisfy constraint: Member must have length less than"
            + " or equal to 64",
        () -> functions.create(spec("n".repeat(65)).build()));
  }

  @Test
  void refusesRuntimesAndCodeThatDoNotGoTogether() {
    String message =
        assertThrows(
                LambdaException.class, () -> functions.create(spec("f").runtime("cobol").build()))
            .refusal()
            .message();
    assertTrue(
        message.startsWith(
            "Value cobol at 'runtime' failed to satisfy constraint: Member must satisfy enum value"
                + " set: [nodejs"),
        message);
    assertTrue(message.endsWith("] or be a valid ARN"), message);
    invalid(
        "The runtime parameter of python3.7 is no longer supported for creating or updating AWS"
            + " Lambda functions. We recommend you use a supported runtime while creating or"
            + " updating functions.",
        () -> functions.create(spec("f").runtime("python3.7").build()));
    assertEquals(
        "python3.7",
        registry(1000, true)
            .functions()
            .create(spec("old").runtime("python3.7").build())
            .runtime());
    invalid(
        "Runtime and Handler are mandatory parameters for functions created with deployment"
            + " packages.",
        () -> functions.create(spec("f").runtime(null).build()));
    invalid(
        "Runtime and Handler are mandatory parameters for functions created with deployment"
            + " packages.",
        () -> functions.create(spec("f").handler("").build()));
    invalid(
        "Please provide a source for function code.",
        () -> functions.create(spec("f").code(null).build()));
    invalid(
        "The runtime injvm needs in-JVM code.",
        () -> functions.create(spec("f").runtime("injvm").build()));
    FunctionCode inJvm = FunctionCode.inJvm((_, _) -> {});
    invalid(
        "In-JVM code needs the runtime injvm, not python3.13.",
        () -> functions.create(spec("f").code(inJvm).build()));
    functions.create(spec("f").build());
    invalid(
        "In-JVM code and deployment packages cannot replace each other.",
        () -> functions.updateCode("f", inJvm));
  }

  @Test
  void refusesEnvironmentsThatAwsRefuses() {
    invalid(
        "Lambda was unable to configure your environment variables because the environment"
            + " variables you have provided contains reserved keys that are currently not supported"
            + " for modification. Reserved keys used in this request: AWS_REGION, _HANDLER",
        () ->
            functions.create(
                spec("f")
                    .environment(Map.of("_HANDLER", "x", "AWS_REGION", "y", "OK", "z"))
                    .build()));
    validation(
        "Value at 'environment.variables' failed to satisfy constraint: Map keys must satisfy"
            + " constraint: [Member must satisfy regular expression pattern:"
            + " [a-zA-Z]([a-zA-Z0-9_])+, Member must not be null]",
        () -> functions.create(spec("f").environment(Map.of("A=B", "x")).build()));
    String fits = "v".repeat(4096 - "{\"AB\":\"\"}".length());
    functions.create(spec("fits").environment(Map.of("AB", fits)).build());
    invalid(
        "Lambda was unable to configure your environment variables because the environment"
            + " variables you have provided exceeded the 4KB limit. String measured: {\"AB\":\""
            + fits
            + "\\n\"}",
        () -> functions.create(spec("f").environment(Map.of("AB", fits + "\n")).build()));
    invalid(
        "Lambda was unable to configure your environment variables because the environment"
            + " variables you have provided contain a NUL character.",
        () -> functions.create(spec("f").environment(Map.of("AB", "a\0b")).build()));
  }

  @Test
  void passesOnWhatTheCodeStoreRefuses() {
    store.refusal = Reason.UNREADABLE;
    invalid(
        "Could not unzip uploaded file. Please check your file, then try to upload again.",
        () -> functions.create(spec("f").build()));
    store.refusal = Reason.UNZIPPED_TOO_LARGE;
    invalid(
        "Unzipped size must be smaller than 262144000 bytes",
        () -> functions.create(spec("f").build()));
    store.refusal = Reason.ZIPPED_TOO_LARGE;
    refused(
        413,
        "RequestEntityTooLargeException",
        "Zipped size must be smaller than 52428800 bytes",
        () -> functions.create(spec("f").build()));
    store.refusal = null;
    store.failure = new IOException("disk full");
    refused(
        500,
        "ServiceException",
        "The code could not be stored: java.io.IOException: disk full",
        () -> functions.create(spec("f").build()));
    store.failure = null;
    functions.create(spec("f").build());
    store.failure = new IOException("busy");
    functions.delete("f");
    assertEquals(List.of(store.failure), failures);
  }

  @Test
  void aChangeOfLatestGetsANewIdUnlessItRunsAsBefore() {
    FunctionConfiguration created = functions.create(spec("f").build());
    long first = inForce("f", "$LATEST").id();
    now = now.plusSeconds(1);
    FunctionConfiguration described =
        functions.updateConfiguration("f", spec("f").description("new").build());
    assertEquals("new", described.description());
    assertEquals(now, described.lastModified());
    assertNotEquals(created.revisionId(), described.revisionId());
    assertEquals(first, inForce("f", "$LATEST").id());
    functions.updateConfiguration("f", spec("other").memoryMb(256).build());
    long second = inForce("f", "$LATEST").id();
    assertNotEquals(first, second);
    assertEquals("sha-two", functions.updateCode("f", code("two")).codeSha256());
    assertNotEquals(second, inForce("f", "$LATEST").id());
    assertEquals(Map.of("two", 1), store.references);
    assertEquals(256, functions.get("f").memoryMb());
  }

  @Test
  void publishesImmutableVersions() {
    functions.create(spec("f").description("latest").build());
    FunctionConfiguration one = functions.publishVersion("f", "first");
    assertEquals("1", one.version());
    assertEquals("first", one.description());
    assertEquals(ARN + "f:1", one.functionArn());
    assertEquals(one, functions.publishVersion("f", "again"));
    functions.updateCode("f", code("two"));
    FunctionConfiguration two = functions.publishVersion("f");
    assertEquals("2", two.version());
    assertEquals("latest", two.description());
    assertEquals(one, functions.get("f:1"));
    assertEquals(
        List.of("$LATEST", "1", "2"),
        functions.listVersions("f").stream().map(FunctionConfiguration::version).toList());
    assertEquals(
        3,
        dispatch.inForce.get("f").versions().values().stream()
            .map(VersionDefinition::id)
            .distinct()
            .count());
    assertEquals(Map.of("one", 1, "two", 2), store.references);
    functions.deleteVersion("f", "2");
    assertEquals("3", functions.publishVersion("f").version());
    invalid(
        "$LATEST version cannot be deleted without deleting the function.",
        () -> functions.deleteVersion("f", "$LATEST"));
    notFound("Function not found: " + ARN + "f:2", () -> functions.deleteVersion("f", "2"));
    functions.delete("f:3");
    assertEquals(Map.of("one", 1, "two", 1), store.references);
    functions.delete("f");
    assertEquals(Map.of(), store.references);
    assertEquals(Map.of(), dispatch.inForce);
  }

  @Test
  void keepsAliases() {
    functions.create(spec("f").build());
    functions.publishVersion("f");
    functions.updateCode("f", code("two"));
    functions.publishVersion("f");
    Alias live = functions.createAlias("f", "live", "1", null, Map.of("2", 0.25));
    assertEquals(ARN + "f:live", live.arn());
    assertEquals("", live.description());
    assertEquals(
        new AliasDefinition("live", "1", "2", 0.25),
        dispatch.inForce.get("f").aliases().get("live"));
    assertEquals("1", functions.get("f", "live").version());
    Alias changed = functions.updateAlias("f", "live", "2", "all", Map.of());
    assertEquals(
        new AliasDefinition("live", "2", null, 0.0),
        dispatch.inForce.get("f").aliases().get("live"));
    assertNotEquals(live.revisionId(), changed.revisionId());
    assertEquals(changed, functions.getAlias("f", "live"));
    functions.createAlias("f", "edge", "$LATEST", "newest", null);
    assertEquals(
        List.of("edge", "live"), functions.listAliases("f").stream().map(Alias::name).toList());
    conflict(
        "Unable to delete version because the following aliases reference it: [live]",
        () -> functions.deleteVersion("f", "2"));
    invalid("Deletion of aliases is not currently supported.", () -> functions.delete("f:live"));
    functions.deleteAlias("f", "live");
    functions.deleteAlias("f", "live");
    assertFalse(dispatch.inForce.get("f").aliases().containsKey("live"));
    functions.deleteVersion("f", "2");
  }

  @Test
  void refusesAliasesThatCannotBe() {
    functions.create(spec("f").build());
    functions.publishVersion("f");
    functions.createAlias("f", "live", "1", null, null);
    conflict(
        "Alias already exists: " + ARN + "f:live",
        () -> functions.createAlias("f", "live", "1", null, null));
    notFound(
        "Function not found: " + ARN + "f:9",
        () -> functions.createAlias("f", "a", "9", null, null));
    notFound(
        "Function not found: " + ARN + "f:9",
        () -> functions.createAlias("f", "a", "1", null, Map.of("9", 0.1)));
    validation(
        "Value '123' at 'name' failed to satisfy constraint: Member must satisfy regular expression"
            + " pattern: (?!^[0-9]+$)([a-zA-Z0-9-_]+)",
        () -> functions.createAlias("f", "123", "1", null, null));
    validation(
        "Value 'x' at 'functionVersion' failed to satisfy constraint: Member must satisfy regular"
            + " expression pattern: (\\$LATEST(\\.PUBLISHED)?|[0-9]+)",
        () -> functions.createAlias("f", "a", "x", null, null));
    invalid(
        "Number of items in AdditionalVersionWeights cannot be greater than 1",
        () -> functions.createAlias("f", "a", "1", null, Map.of("2", 0.1, "3", 0.1)));
    invalid(
        "Invalid function version 1. Function version 1 is already included in routing"
            + " configuration.",
        () -> functions.createAlias("f", "a", "1", null, Map.of("1", 0.1)));
    invalid(
        "$LATEST is not supported for an alias pointing to more than 1 version",
        () -> functions.createAlias("f", "a", "$LATEST", null, Map.of("1", 0.1)));
    for (double weight : new double[] {-0.1, 1.1, Double.NaN}) {
      validation(
          "Value '{2="
              + weight
              + "}' at 'routingConfig.additionalVersionWeights' failed to satisfy constraint: Map"
              + " value must satisfy constraint: [Member must have value less than or equal to 1.0,"
              + " Member must have value greater than or equal to 0.0, Member must not be null]",
          () -> functions.createAlias("f", "a", "1", null, Map.of("2", weight)));
    }
    validation(
        "Value '{live=0.1}' at 'routingConfig.additionalVersionWeights' failed to satisfy"
            + " constraint: Map keys must satisfy constraint: [Member must have length less than or"
            + " equal to 1024, Member must have length greater than or equal to 1, Member must"
            + " satisfy regular expression pattern: [0-9]+, Member must not be null]",
        () -> functions.createAlias("f", "a", "1", null, Map.of("live", 0.1)));
    invalid(
        "This operation is permitted on Lambda functions only. Aliases and versions do not support"
            + " this operation. Please specify either a function name or an unqualified function"
            + " ARN.",
        () -> functions.publishVersion("f:live"));
  }

  @Test
  void reservesConcurrency() {
    functions.create(spec("f").build());
    functions.create(spec("g").build());
    assertEquals(-1, functions.getConcurrency("f"));
    functions.putConcurrency("f", 900);
    assertEquals(900, functions.getConcurrency("f"));
    assertEquals(900, dispatch.inForce.get("f").reservedConcurrency());
    invalid(
        "Specified ReservedConcurrentExecutions for function decreases account's"
            + " UnreservedConcurrentExecution below its minimum value of [100].",
        () -> functions.putConcurrency("g", 1));
    functions.putConcurrency("g", 0);
    functions.putConcurrency("f", 899);
    functions.putConcurrency("g", 1);
    functions.deleteConcurrency("f");
    assertEquals(-1, dispatch.inForce.get("f").reservedConcurrency());
    functions.putConcurrency("g", 900);
    validation(
        "Value '-1' at 'reservedConcurrentExecutions' failed to satisfy constraint: Member must"
            + " have value greater than or equal to 0",
        () -> functions.putConcurrency("g", -1));
  }

  @Test
  void aSmallAccountKeepsAllOfItsConcurrencyUnreserved() {
    Registry small = registry(10, false);
    small.functions().create(spec("f").build());
    small.functions().putConcurrency("f", 0);
    invalid(
        "Specified ReservedConcurrentExecutions for function decreases account's"
            + " UnreservedConcurrentExecution below its minimum value of [10].",
        () -> small.functions().putConcurrency("f", 1));
  }

  @Test
  void handsInJvmCodeToItsDriver() {
    FunctionCode.InJvm one = new FunctionCode.InJvm((_, _) -> {}, false);
    FunctionCode.InJvm two = new FunctionCode.InJvm((_, _) -> {}, true);
    FunctionConfiguration created = functions.create(FunctionSpec.named("f").code(one).build());
    assertEquals("injvm", created.runtime());
    assertNull(created.handler());
    assertEquals("", created.codeSha256());
    VersionDefinition latest = inForce("f", "$LATEST");
    assertTrue(latest.inJvm());
    assertNull(latest.spec().code());
    assertSame(one, dispatch.handlers.get(latest.id()));
    functions.publishVersion("f");
    functions.updateCode("f", two);
    assertSame(one, dispatch.handlers.get(inForce("f", "1").id()));
    assertSame(two, dispatch.handlers.get(inForce("f", "$LATEST").id()));
    assertEquals(2, dispatch.handlers.size());
    functions.deleteVersion("f", "1");
    assertEquals(1, dispatch.handlers.size());
    functions.delete("f");
    assertEquals(Map.of(), dispatch.handlers);
  }

  @Test
  void aChangeThatCannotBePublishedDidNotHappen() {
    FunctionConfiguration before = functions.create(spec("f").build());
    dispatch.failure = new EngineException("closed");
    assertThrows(EngineException.class, () -> functions.updateCode("f", code("two")));
    assertThrows(EngineException.class, () -> functions.publishVersion("f"));
    assertThrows(EngineException.class, () -> functions.create(spec("g").build()));
    assertThrows(
        EngineException.class,
        () ->
            functions.create(
                FunctionSpec.named("j").code(FunctionCode.inJvm((_, _) -> {})).build()));
    assertThrows(EngineException.class, () -> functions.delete("f"));
    dispatch.failure = null;
    assertEquals(List.of(before), functions.list());
    assertEquals(
        List.of(before.revisionId()),
        functions.listVersions("f").stream().map(FunctionConfiguration::revisionId).toList());
    assertEquals(Map.of("one", 1), store.references);
    assertEquals(Map.of(), dispatch.handlers);
  }
}
