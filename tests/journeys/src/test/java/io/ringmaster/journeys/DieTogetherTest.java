package io.ringmaster.journeys;

import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.InvocationResult;
import io.ringmaster.api.InvokeRequest;
import java.io.BufferedReader;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Whoever dies, nothing is left: the engine by {@code kill -9}, the engine by its end, the keeper.
 */
class DieTogetherTest {

  @Test
  void killingTheEngineLeavesNoProcess() throws Exception {
    Process engine = start(List.of(), List.of(), System.getProperty("java.class.path"));
    Map<Long, String> family = whenUp(engine);
    assertTrue(family.size() >= 5, () -> "keeper, zygote, sandboxes, orphans: " + family);
    engine.destroyForcibly();
    await()
        .atMost(1, TimeUnit.SECONDS)
        .pollInterval(java.time.Duration.ofMillis(5))
        .until(() -> ProcessCensus.alive(family).isEmpty());
    engine.waitFor();
  }

  @Test
  void closingTheEngineLeavesNoProcess() throws Exception {
    Process engine = start(List.of(), List.of(), System.getProperty("java.class.path"));
    Map<Long, String> family = whenUp(engine);
    engine.outputWriter().append("\n").flush();
    assertEquals(0, engine.waitFor());
    assertEquals(Map.of(), ProcessCensus.alive(family));
  }

  @Test
  void killingAnEngineWithoutPrivilegeLeavesNoProcess() throws Exception {
    Unprivileged user = Unprivileged.find();
    try {
      Process engine = start(user.prefix(), user.options(), user.classPath());
      Map<Long, String> family = whenUp(engine);
      // setpriv becomes the engine by exec: its pid is the engine's
      engine.destroyForcibly();
      await()
          .atMost(1, TimeUnit.SECONDS)
          .pollInterval(java.time.Duration.ofMillis(5))
          .until(() -> ProcessCensus.alive(family).isEmpty());
      engine.waitFor();
    } finally {
      user.close();
    }
  }

  @Test
  void killingTheKeeperEndsCallsAsPlatformFaultsAndTheNextCallSucceeds() {
    try (Engine engine = Engine.open(Engines.config().build())) {
      engine
          .functions()
          .create(
              Engines.python(
                      "f",
                      "import time",
                      "def handler(e, c): time.sleep(e.get('s', 0)); return 'fine'")
                  .timeoutSeconds(30)
                  .build());
      assertEquals("\"fine\"", Engines.invoke(engine, "f", "{}").payloadText());
      CompletableFuture<InvocationResult> running =
          engine.invokeAsync(InvokeRequest.of("f", "{\"s\":20}"));
      await()
          .atMost(5, TimeUnit.SECONDS)
          .until(
              () -> engine.status().sandboxes().stream().anyMatch(s -> s.state().equals("BUSY")));
      ProcessHandle keeper =
          ProcessHandle.current()
              .descendants()
              .filter(p -> commandLine(p.pid()).contains("sandbox.keeper.Keeper"))
              .filter(p -> !commandLine(p.pid()).startsWith("/usr/bin/unshare"))
              .findFirst()
              .orElseThrow();
      keeper.destroyForcibly();
      InvocationResult lost = running.orTimeout(5, TimeUnit.SECONDS).join();
      assertEquals(500, lost.statusCode(), lost::toString);
      assertEquals("ServiceException", lost.refusal().code());
      assertEquals("\"fine\"", Engines.invoke(engine, "f", "{}").payloadText());
    }
  }

  private static String commandLine(long pid) {
    try {
      return Files.readString(Path.of("/proc/" + pid + "/cmdline")).replace('\0', ' ');
    } catch (IOException gone) {
      return "";
    }
  }

  private static Process start(List<String> prefix, List<String> options, String classPath)
      throws IOException {
    List<String> command = new ArrayList<>(prefix);
    command.add(System.getProperty("java.home") + "/bin/java");
    ManagementFactory.getRuntimeMXBean().getInputArguments().stream()
        .filter(flag -> flag.startsWith("--"))
        .forEach(command::add);
    command.addAll(options);
    command.add("-cp");
    command.add(classPath);
    command.add(EngineProcess.class.getName());
    return new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
  }

  private static Map<Long, String> whenUp(Process engine) throws IOException {
    BufferedReader out = engine.inputReader();
    String line = out.readLine();
    assertTrue(line != null && line.startsWith("up"), () -> "the engine said " + line);
    return ProcessCensus.below(engine.toHandle());
  }
}
