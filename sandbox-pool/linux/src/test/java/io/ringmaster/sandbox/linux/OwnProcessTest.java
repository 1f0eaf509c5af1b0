package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.Bench.Event;
import io.ringmaster.sandbox.spi.Fault;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Functions whose interpreter is started for them, with their own variables. */
class OwnProcessTest {
  private static final String VARIABLES =
      """
      import os, sys
      def handler(e, c):
        if e == 'exit': os._exit(3)
        with open('/proc/self/environ') as started:
          first = dict(v.split('=', 1) for v in started.read().split('\\0') if v)
        return [first == dict(os.environ) or [first, dict(os.environ)], os.getcwd(),
            os.environ.get('TZ'), os.environ.get('PYTHONHASHSEED'), hash('a'), sys.flags.safe_path
            if hasattr(sys.flags, 'safe_path') else None]
      """;

  @TempDir Path folder;
  private Bench bench;

  @BeforeEach
  void open() throws Exception {
    bench = new Bench(folder, 0);
  }

  @AfterEach
  void nothingIsLeft() {
    bench.close();
    assertEquals(0, ProcessHandle.current().descendants().count());
  }

  @Test
  void theProcessStartsWithExactlyTheFunctionsVariables() throws Exception {
    Map<String, String> own = Map.of("TZ", "Europe/Paris", "PYTHONHASHSEED", "0", "A", "é 1\n");
    SandboxSpec spec = bench.function(VARIABLES, own, false);
    int sandbox = bench.ready(spec);
    String first = bench.invoke(sandbox, "0");
    assertTrue(
        first.startsWith("[true, \"" + spec.code() + "\", \"Europe/Paris\", \"0\", "), first);
    assertEquals(first, bench.invoke(sandbox, "0"));
    assertEquals(first, bench.invoke(bench.ready(spec), "0"), "its hashes are not random");
    assertEquals(2L, bench.pool.status().counters().get("sandboxOwnStarts"));
  }

  @Test
  void exitsAndRestartsAreAsThoseOfOthers() throws Exception {
    int sandbox = bench.ready(bench.function(VARIABLES, Map.of("PYTHONSAFEPATH", "1"), false));
    String before = bench.invoke(sandbox, "0");
    String stream = bench.pool.status().sandboxes().get(0).logStream();
    bench.offer(sandbox, "\"exit\"");
    assertEquals(3 << 8, bench.expect("exited", sandbox).number());
    bench.offer(sandbox, "0");
    bench.expect("ready", sandbox);
    bench.expect("response", sandbox);
    assertEquals(stream, bench.pool.status().sandboxes().get(0).logStream());
    assertTrue(before.startsWith("[true, "), before);
    bench.driver.reset(sandbox, Fault.TIMEOUT);
    assertEquals(9, bench.expect("exited", sandbox).number());
  }

  @Test
  void oneThatIsDiscardedWhileItStartsIsKilledWhenItComes() throws Exception {
    SandboxSpec spec = bench.function(VARIABLES, Map.of("LANG", "C"), false);
    int first = bench.prepare(spec);
    bench.driver.discard(first, Fault.EVICTED);
    int second = bench.prepare(spec);
    bench.driver.reset(second, Fault.INIT_TIMEOUT);
    bench.expect("exited", second);
    bench.offer(second, "0");
    bench.expect("ready", second);
    bench.expect("response", second);
    bench.driver.discard(second, Fault.EVICTED);
    bench.until(
        () -> {
          try (var folders = Files.list(folder.resolve("data/environments"))) {
            return folders.findAny().isEmpty();
          } catch (java.io.IOException e) {
            throw new java.io.UncheckedIOException(e);
          }
        },
        "folders are left");
  }

  @Test
  void theWrapperRunsTheInterpreter() throws Exception {
    SandboxSpec spec =
        bench.function(
            "import os\ndef handler(e, c):\n  return [os.environ['WRAPPED'], os.environ['TZ']]\n",
            Map.of("AWS_LAMBDA_EXEC_WRAPPER", "/var/task/wrapper", "TZ", ":UTC"),
            false);
    Path wrapper = spec.code().resolve("wrapper");
    Files.writeString(wrapper, "#!/bin/sh\nexport WRAPPED=yes\nexec \"$@\"\n");
    Files.setPosixFilePermissions(wrapper, PosixFilePermissions.fromString("rwxr-xr-x"));
    int sandbox = bench.ready(spec);
    // what a wrapper sets is there for the interpreter, and stays
    assertEquals("[\"yes\", \":UTC\"]", bench.invoke(sandbox, "0"));
  }

  /** The dynamic linker looks at its variable when a process starts, and never again. */
  @Test
  void librariesOfThePackageAreFound() throws Exception {
    Path library =
        java.util.stream.Stream.of("x86_64-linux-gnu/", "aarch64-linux-gnu/", "../lib64/", "")
            .map(folder -> Path.of("/lib/" + folder + "libm.so.6"))
            .filter(Files::exists)
            .findFirst()
            .orElseThrow();
    String load =
        "import ctypes\ndef handler(e, c):\n  return len(ctypes.CDLL('libown.so.1')._name)\n";
    for (String place : new String[] {"libown.so.1", "lib/libown.so.1"}) {
      SandboxSpec spec = bench.function(load);
      Files.createDirectories(spec.code().resolve(place).getParent());
      Files.copy(library, spec.code().resolve(place));
      assertEquals("11", bench.invoke(bench.ready(spec), "0"));
    }
    assertEquals(2L, bench.pool.status().counters().get("sandboxOwnStarts"));
    SandboxSpec without = bench.function("def handler(e, c):\n  return e\n");
    Files.createFile(without.code().resolve("_extension.cpython-311-x86_64-linux-gnu.so"));
    assertEquals("0", bench.invoke(bench.ready(without), "0"));
    assertEquals(2L, bench.pool.status().counters().get("sandboxOwnStarts"));
  }

  @Test
  void aMissingWrapperIsTheShellsExitStatus() throws Exception {
    SandboxSpec spec =
        bench.function(
            "def handler(e, c):\n  return e\n",
            Map.of("AWS_LAMBDA_EXEC_WRAPPER", "/opt/no/such/wrapper"),
            false);
    int sandbox = bench.prepare(spec);
    assertEquals(127 << 8, bench.expect("exited", sandbox).number());
    bench.until(() -> bench.output.containsKey(sandbox), "the shell says nothing");
    assertTrue(bench.output.get(sandbox).toString().contains("/opt/no/such/wrapper"));
  }

  @Test
  void withoutARuntimeApiOwnRuntimesFailByThePlatform() throws Exception {
    SandboxSpec spec = bench.provided("#!/bin/sh\n");
    int sandbox = bench.prepare(spec);
    Event failed = bench.expect("failed", sandbox);
    assertTrue(failed.text().contains("no Runtime API"), failed.text());
    assertNotEquals(0L, bench.pool.status().counters().get("forkFailures"));
  }
}
