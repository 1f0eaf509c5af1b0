package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;

class LaunchTest {
  private static final Path BOOTSTRAPS = Path.of("/b");
  private static final Path PROGRAM = Path.of("/usr/bin/program");

  @Test
  void eachFamilyStartsItsInterpreterOnItsBootstrap() {
    for (String family : new String[] {"python", "node", "java", "ruby"}) {
      Launch launch = Launch.of(family, PROGRAM, 3, 1, BOOTSTRAPS, 128);
      assertEquals("/usr/bin/program", launch.argv().get(0));
      assertTrue(launch.argv().getLast().startsWith("/b/" + family + "/bootstrap."), family);
      assertTrue(launch.environment().stream().allMatch(v -> v.indexOf('=') > 0), family);
    }
  }

  @Test
  void javasHeapFollowsTheMemorySize() {
    assertTrue(
        Launch.of("java", PROGRAM, 25, 0, BOOTSTRAPS, 1024).argv().contains("-Xmx870m"),
        "85 % of 1,024");
  }

  @Test
  void nodesHeapFollowsAMemorySizeThatItsDefaultIsTooSmallFor() {
    assertEquals(2, Launch.of("node", PROGRAM, 22, 0, BOOTSTRAPS, 0).argv().size());
    assertEquals(2, Launch.of("node", PROGRAM, 22, 0, BOOTSTRAPS, 2048).argv().size());
    assertEquals(
        List.of("--max-old-space-size=9216", "--max-semi-space-size=512"),
        Launch.of("node", PROGRAM, 22, 0, BOOTSTRAPS, 10_240).argv().subList(1, 3));
  }

  @Test
  void aFamilyWithoutBootstrapIsRefused() {
    assertThrows(
        IllegalArgumentException.class,
        () -> Launch.of("provided", PROGRAM, 0, 0, BOOTSTRAPS, 128));
  }
}
