package io.ringmaster.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import io.ringmaster.api.CodeUpdate;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Functions;
import io.ringmaster.api.PublishRequest;
import io.ringmaster.core.resolve.VersionDefinition;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class FunctionStatesTest {
  private static final String ARN = "arn:aws:lambda:us-east-1:123456789012:function:";
  private static final String PENDING =
      "The operation cannot be performed at this time. The function is currently in the following"
          + " state: Pending";
  private static final String UPDATING =
      "The operation cannot be performed at this time. An update is in progress for resource: ";

  private final World world = new World(Duration.ofMillis(200));
  private final World instant = new World(Duration.ZERO);

  private static void shows(
      String state, String reason, String update, String updateReason, FunctionConfiguration of) {
    assertEquals(state, of.state());
    assertEquals(reason, of.stateReasonCode());
    assertEquals(reason == null ? null : "The function is being created.", of.stateReason());
    assertEquals(update, of.lastUpdateStatus());
    assertEquals(updateReason, of.lastUpdateStatusReasonCode());
    assertEquals(
        updateReason == null ? null : "The function is being created.",
        of.lastUpdateStatusReason());
  }

  private void pass(long ms) {
    world.now = world.now.plusMillis(ms);
  }

  @Test
  void aFunctionIsPendingThenActive() throws IOException {
    Functions functions = world.functions();
    shows("Pending", "Creating", null, null, functions.create(World.spec("f").build()));
    VersionDefinition published = world.dispatch.inForce.get("f").versions().get("$LATEST");
    // invocations that come when it is seen to be Active must find it so, whatever clock they meet
    assertEquals(world.now.plusMillis(150).toEpochMilli(), published.pendingUntilEpochMs());
    pass(199);
    shows("Pending", "Creating", null, null, functions.get("f"));
    world.restart();
    shows("Pending", "Creating", null, null, world.functions().get("f"));
    World.conflict(PENDING, () -> world.functions().updateCode("f", World.zip("two")));
    World.conflict(PENDING, () -> world.functions().publishVersion("f"));
    pass(1);
    shows("Active", null, "Successful", null, world.functions().get("f"));
  }

  @Test
  void anUpdateIsInProgressThenSuccessful() {
    Functions functions = world.functions();
    functions.create(World.spec("f").build());
    pass(200);
    shows("Active", null, "InProgress", "Creating", functions.updateCode("f", World.zip("two")));
    World.conflict(UPDATING + ARN + "f", () -> functions.updateCode("f", World.zip("three")));
    World.conflict(
        UPDATING + ARN + "f", () -> functions.updateConfiguration("f", present -> present, null));
    World.conflict(UPDATING + ARN + "f", () -> functions.publishVersion("f"));
    assertEquals(
        0, world.dispatch.inForce.get("f").versions().get("$LATEST").pendingUntilEpochMs());
    pass(200);
    shows("Active", null, "Successful", null, functions.get("f"));
    shows("Pending", "Creating", null, null, functions.publishVersion("f"));
    pass(200);
    shows("Active", null, "Successful", null, functions.get("f", "1"));
  }

  @Test
  void aClockThatIsSetBackEndsIt() {
    world.functions().create(World.spec("f").build());
    world.now = world.now.minusSeconds(3600);
    shows("Active", null, "Successful", null, world.functions().get("f"));
  }

  @Test
  void nothingIsPendingWhereNothingTakesTime() {
    Functions functions = instant.functions();
    shows("Active", null, "Successful", null, functions.create(World.spec("f").build()));
    shows("Active", null, "Successful", null, functions.updateCode("f", World.zip("two")));
  }

  @Test
  void conditionsNameARevision() {
    Functions functions = instant.functions();
    String first = functions.create(World.spec("f").build()).revisionId();
    CodeUpdate update = new CodeUpdate(World.zip("two"), null, false, false, first);
    String second = functions.updateCode("f", update).revisionId();
    assertNotEquals(first, second);
    World.stale("GetFunction/GetAlias", () -> functions.updateCode("f", update));
    World.stale(
        "GetFunction/GetAlias", () -> functions.updateConfiguration("f", spec -> spec, first));
    World.stale(
        "GetFunction/GetAlias",
        () -> functions.publishVersion("f", new PublishRequest(null, null, first)));
    functions.publishVersion("f", new PublishRequest(null, null, second));
    String alias = functions.createAlias("f", "live", "1", null, null).revisionId();
    World.stale(
        "GetFunction/GetAlias", () -> functions.updateAlias("f", "live", null, "x", null, second));
    assertEquals("x", functions.updateAlias("f", "live", null, "x", null, alias).description());
    assertEquals(Map.of("two", 2), instant.held());
  }

  @Test
  void aDryRunChangesNothing() {
    Functions functions = instant.functions();
    FunctionConfiguration before = functions.create(World.spec("f").build());
    FunctionConfiguration answer =
        functions.updateCode("f", new CodeUpdate(World.zip("four"), null, true, true, null));
    assertEquals("sha-four", answer.codeSha256());
    assertEquals("$LATEST", answer.version());
    assertEquals(before, functions.get("f"));
    assertEquals(1, functions.listVersions("f").size());
    assertEquals(Map.of("one", 1), instant.held());
  }

  @Test
  void publishesWithCreationAndUpdate() throws IOException {
    Functions functions = instant.functions();
    FunctionConfiguration created = functions.create(World.spec("f").publish(true).build());
    assertEquals("1", created.version());
    assertEquals(ARN + "f", created.functionArn());
    FunctionConfiguration updated =
        functions.updateCode(
            "f", new CodeUpdate(World.zip("two"), List.of("arm64"), true, false, null));
    assertEquals("2", updated.version());
    assertEquals(ARN + "f:2", updated.functionArn());
    assertEquals(List.of("arm64"), functions.get("f").architectures());
    FunctionConfiguration same =
        functions.updateCode("f", new CodeUpdate(World.zip("two"), null, true, false, null));
    assertEquals("2", same.version());
    assertEquals(Map.of("one", 1, "two", 2), instant.held());
    World.invalid(
        "CodeSHA256 (wrong) is different from current CodeSHA256 in $LATEST (sha-two). Please try"
            + " again with the CodeSHA256 in $LATEST.",
        () -> functions.publishVersion("f", new PublishRequest(null, "wrong", null)));
    assertEquals(
        List.of(ARN + "f:$LATEST", ARN + "f:1", ARN + "f:2"),
        functions.listVersions("f").stream().map(FunctionConfiguration::functionArn).toList());
    instant.restart();
    assertEquals(Map.of("one", 1, "two", 2), instant.held());
  }

  @Test
  void aConfigurationIsChangedInParts() throws IOException {
    Functions functions = instant.functions();
    functions.create(
        World.spec("f")
            .memoryMb(256)
            .environment(Map.of("AB", "1"))
            .logGroup("/my/group")
            .documents(Map.of("TracingConfig", "{\"Mode\":\"Active\"}"))
            .build());
    long before = instant.dispatch.inForce.get("f").versions().get("$LATEST").id();
    FunctionSpec[] seen = new FunctionSpec[1];
    FunctionConfiguration after =
        functions.updateConfiguration(
            "f",
            present -> {
              seen[0] = present;
              return present.toBuilder().description("new").build();
            },
            null);
    assertNull(seen[0].code());
    assertNull(seen[0].layers());
    assertEquals("f", seen[0].name());
    assertEquals("new", after.description());
    assertEquals(256, after.memoryMb());
    assertEquals("/my/group", after.logGroup());
    assertEquals(Map.of("TracingConfig", "{\"Mode\":\"Active\"}"), after.documents());
    assertEquals(before, instant.dispatch.inForce.get("f").versions().get("$LATEST").id());
    instant.restart();
    assertEquals(after, instant.functions().get("f"));
    assertEquals(
        "/my/group",
        instant.dispatch.inForce.get("f").versions().get("$LATEST").spec().identity().logGroup());
  }

  @Test
  void aConfigurationThatChangedMeanwhileIsLookedAtAgain() {
    Functions functions = instant.functions();
    functions.create(World.spec("f").build());
    int[] rounds = {0};
    functions.updateConfiguration(
        "f",
        present -> {
          if (rounds[0]++ == 0) {
            functions.updateConfiguration("f", p -> p.toBuilder().memoryMb(512).build(), null);
          }
          return present.toBuilder().timeoutSeconds(9).build();
        },
        null);
    assertEquals(2, rounds[0]);
    assertEquals(512, functions.get("f").memoryMb());
    assertEquals(9, functions.get("f").timeoutSeconds());
  }

  @Test
  void describesAndGivesTheCode() throws IOException {
    Functions functions = instant.functions();
    functions.create(World.spec("f").tags(Map.of("a", "1")).publish(true).build());
    functions.updateCode("f", World.zip("two"));
    functions.createAlias("f", "live", "1", null, null);
    functions.putConcurrency("f", 3);
    var overview = functions.describe("f", "live");
    assertEquals(ARN + "f:live", overview.configuration().functionArn());
    assertEquals("1", overview.configuration().version());
    assertEquals(Map.of("a", "1"), overview.tags());
    assertEquals(3, overview.reservedConcurrency());
    assertEquals("two", text(functions, "f", null));
    assertEquals("one", text(functions, "f:live", null));
    assertEquals(Map.of("one", 1, "two", 1), instant.held());
    functions.create(
        FunctionSpec.named("j").code(io.ringmaster.api.FunctionCode.inJvm((_, _) -> {})).build());
    assertFalse(functions.describe("j", null).hasPackage());
    World.notFound("The function has no deployment package.", () -> functions.openCode("j", null));
  }

  private static String text(Functions functions, String name, String qualifier)
      throws IOException {
    try (var stream = functions.openCode(name, qualifier)) {
      return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
    }
  }
}
