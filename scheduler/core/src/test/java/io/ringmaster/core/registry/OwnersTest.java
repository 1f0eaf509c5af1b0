package io.ringmaster.core.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.AccountSettings;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LayerSpec;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Page;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class OwnersTest {
  private static final String OTHER_ARN = "arn:aws:lambda:eu-west-1:210987654321:function:";

  private final World world = new World(Duration.ZERO);
  private final Functions own = world.functions();
  private final Functions other = world.registry.functions(World.OTHER);

  @Test
  void functionsOfEqualNamesAreDifferentOnes() throws IOException {
    own.create(World.spec("f").description("own").build());
    other.create(World.spec("f").description("other's").code(World.zip("two")).build());
    other.putConcurrency("f", 900);
    own.putConcurrency("f", 900);
    world.restart();
    Functions restored = world.registry.functions(World.OTHER);
    assertEquals("own", world.functions().get("f").description());
    assertEquals("other's", restored.get("f").description());
    assertEquals(OTHER_ARN + "f", restored.get("f").functionArn());
    world.functions().delete("f");
    assertEquals(List.of(), world.functions().list());
    assertEquals(1, restored.list().size());
  }

  @Test
  void namesAreReadRelativeToTheirOwner() {
    other.create(World.spec(OTHER_ARN + "f").build());
    assertEquals("f", other.get("210987654321:function:f").functionName());
    World.notFound(
        "Functions from 'us-east-1' are not reachable in this region ('eu-west-1')",
        () -> other.get("arn:aws:lambda:us-east-1:210987654321:function:f"));
    World.refused(
        403,
        "AccessDeniedException",
        "",
        () -> other.get("arn:aws:lambda:eu-west-1:123456789012:function:f"));
    World.notFound("Function not found: " + OTHER_ARN + "g", () -> other.get("g"));
  }

  @Test
  void anOwnerWithNothingLeavesNothing() {
    Owner nobody = new Owner("000000000000", "us-east-1");
    assertEquals(List.of(), world.registry.functions(nobody).list());
    assertEquals(List.of(), world.registry.layers(nobody).listVersions("l"));
    assertEquals(
        new AccountSettings(1000, 1000, 0, 0, 80_530_636_800L, 262_144_000, 52_428_800),
        world.registry.accountSettings(nobody));
  }

  @Test
  void settingsCountPackagesOnce() {
    own.create(World.spec("f").publish(true).build());
    own.create(World.spec("g").code(World.zip("three")).build());
    own.putConcurrency("g", 5);
    world.layers().publish(LayerSpec.of("l", World.zip("one")));
    other.create(World.spec("f").build());
    AccountSettings settings = world.registry.accountSettings(World.OWN);
    assertEquals(995, settings.unreservedConcurrentExecutions());
    assertEquals("one".length() + "three".length(), settings.totalCodeSize());
    assertEquals(2, settings.functionCount());
  }

  @Test
  void pagesFollowEachOther() {
    Set<String> names = new TreeSet<>();
    for (int i = 0; i < 7; i++) {
      names.add("f" + i);
      own.create(World.spec("f" + i).build());
    }
    Set<String> seen = new TreeSet<>();
    Page<FunctionConfiguration> page = own.list(null, 3);
    while (page.more()) {
      assertEquals(3, page.items().size());
      page.items().forEach(function -> assertTrue(seen.add(function.functionName())));
      page = own.list(page.items().getLast().functionName(), 3);
    }
    page.items().forEach(function -> assertTrue(seen.add(function.functionName())));
    assertEquals(names, seen);
    assertFalse(own.list("f3", 3).more(), "the last of them are a whole page");
    assertThrows(IllegalArgumentException.class, () -> own.list(null, 0));
  }

  @Test
  void aCopyHasTheRecordsAndTheirPackages() throws IOException {
    own.create(World.spec("f").publish(true).build());
    own.updateCode("f", World.zip("two"));
    other.create(World.spec("f").code(World.zip("three")).build());
    world.layers().publish(LayerSpec.of("l", World.zip("four")));
    var held = world.held();
    world.registry.copyTo(Path.of("/there/registry"), Path.of("/there/code"));
    assertEquals(
        Set.of("one", "two", "three", "four"), world.code.copies.get(Path.of("/there/code")));
    assertEquals(
        world.store.records.keySet(), world.store.copies.get(Path.of("/there/registry")).keySet());
    assertEquals(held, world.held());
  }
}
