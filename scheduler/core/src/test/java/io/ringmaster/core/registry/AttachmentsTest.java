package io.ringmaster.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Functions;
import io.ringmaster.api.ResourcePolicy;
import io.ringmaster.api.Statement;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class AttachmentsTest {
  private static final String ARN = "arn:aws:lambda:us-east-1:123456789012:function:";
  private static final String ABSENT = "The resource you requested does not exist.";
  private static final String NO_POLICY = "No policy is associated with the given resource.";

  private final World world = new World(Duration.ZERO);
  private final Functions functions = world.functions();

  @BeforeEach
  void create() {
    functions.create(World.spec("f").tags(Map.of("team", "ring")).publish(true).build());
    functions.createAlias("f", "live", "1", null, null);
  }

  private static Statement statement(String id) {
    return new Statement(id, "{\"Sid\":\"" + id + "\"}");
  }

  @Test
  void tagsAreAddedReplacedAndRemoved() throws IOException {
    String before = functions.get("f").revisionId();
    functions.tag(ARN + "f", Map.of("team", "master", "stage", "test"));
    assertNotEquals(before, functions.get("f").revisionId());
    functions.untag("f", List.of("stage", "never"));
    world.restart();
    assertEquals(Map.of("team", "master"), world.functions().tags("f"));
  }

  @Test
  void tagsHaveLimits() {
    Map<String, String> many = new HashMap<>();
    for (int i = 0; i < 50; i++) {
      many.put("k" + i, "v");
    }
    World.invalid("Number of tags exceeds resource tag limit.", () -> functions.tag("f", many));
    assertEquals(Map.of("team", "ring"), functions.tags("f"));
    World.invalid(
        "Tags on function aliases and versions are not supported. Please specify a function ARN.",
        () -> functions.tags("f:live"));
    World.notFound("Function not found: " + ARN + "g", () -> functions.tags("g"));
    assertEquals(
        "ValidationException",
        assertThrows(
                io.ringmaster.api.LambdaException.class,
                () -> functions.tag("f", Map.of("k".repeat(129), "")))
            .refusal()
            .code());
  }

  @Test
  void policiesBelongToAFunctionAVersionOrAnAlias() throws IOException {
    World.notFound(ABSENT, () -> functions.policy("f", null));
    functions.addPermission("f", null, statement("a"), null);
    functions.addPermission("f", "live", statement("b"), null);
    functions.addPermission("f", "1", statement("c"), null);
    functions.addPermission("f", null, statement("d"), null);
    world.restart();
    Functions restored = world.functions();
    ResourcePolicy policy = restored.policy("f", null);
    assertEquals(List.of(statement("a"), statement("d")), policy.statements());
    assertEquals(restored.get("f").revisionId(), policy.revisionId());
    assertEquals(policy, restored.policy("f", "$LATEST"));
    assertEquals(List.of(statement("b")), restored.policy("f:live", null).statements());
    assertEquals(
        restored.getAlias("f", "live").revisionId(), restored.policy("f", "live").revisionId());
    assertEquals(List.of(statement("c")), restored.policy("f", "1").statements());
    restored.deleteAlias("f", "live");
    restored.createAlias("f", "live", "1", null, null);
    World.notFound(ABSENT, () -> restored.policy("f", "live"));
  }

  @Test
  void policiesRefuse() {
    String first = functions.get("f").revisionId();
    functions.addPermission("f", null, statement("a"), first);
    World.stale("GetPolicy", () -> functions.addPermission("f", null, statement("b"), first));
    World.conflict(
        "The statement id (a) provided already exists. Please provide a new statement id, or"
            + " remove the existing statement.",
        () -> functions.addPermission("f", null, statement("a"), null));
    World.invalid(
        "We currently do not support adding policies for $LATEST.",
        () -> functions.addPermission("f", "$LATEST", statement("b"), null));
    World.notFound(
        "Cannot find alias arn: " + ARN + "f:none",
        () -> functions.addPermission("f", "none", statement("b"), null));
    World.notFound(
        "Function not found: " + ARN + "f:7",
        () -> functions.addPermission("f", "7", statement("b"), null));
    World.notFound(
        "Statement b is not found in resource policy.",
        () -> functions.removePermission("f", null, "b", null));
    World.stale("GetPolicy", () -> functions.removePermission("f", null, "a", first));
    functions.removePermission("f", null, "a", functions.get("f").revisionId());
    World.notFound(NO_POLICY, () -> functions.removePermission("f", null, "a", null));
  }

  @Test
  void aPolicyHasALimit() {
    functions.addPermission("f", null, new Statement("a", "{}"), null);
    World.refused(
        400,
        "PolicyLengthExceededException",
        "The final policy size (20481) is bigger than the limit (20480).",
        () -> functions.addPermission("f", null, new Statement("b", "x".repeat(20_423)), null));
    functions.addPermission("f", null, new Statement("b", "x".repeat(20_422)), null);
  }

  @Test
  void documentsAreKeptByQualifier() throws IOException {
    assertNull(functions.document("f", null, "url"));
    functions.putDocument("f", null, "url", "{\"a\":1}");
    functions.putDocument("f", "live", "url", "{\"b\":2}");
    functions.putDocument("f", "live", "event-invoke-config", "{}");
    world.restart();
    Functions restored = world.functions();
    assertEquals("{\"a\":1}", restored.document("f", "$LATEST", "url"));
    assertEquals(
        Map.of("$LATEST", "{\"a\":1}", "live", "{\"b\":2}"), restored.documents("f", "url"));
    assertTrue(restored.deleteDocument("f", null, "url"));
    assertFalse(restored.deleteDocument("f", null, "url"));
    restored.deleteAlias("f", "live");
    assertEquals(Map.of(), restored.documents("f", "url"));
    World.notFound(
        "Function not found: " + ARN + "f:gone", () -> restored.document("f", "gone", "url"));
    assertThrows(
        IllegalArgumentException.class, () -> restored.putDocument("f", null, "a.b", "{}"));
  }
}
