package io.ringmaster.sandbox.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bootstraps.Bootstraps;
import io.ringmaster.sandbox.keeper.TestEngine.Held;
import io.ringmaster.sandbox.keeper.TestEngine.Mode;
import io.ringmaster.sandbox.system.Op;
import io.ringmaster.sandbox.system.WaitStatus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The zygote with the bootstrap that is shipped, in every Python of this machine. */
class ProductBootstrapTest {
  private static final char STARTED = 16;
  private static final int HEADER_CHARS = 16;

  @TempDir static Path folder;

  static List<Path> pythons() {
    return TestEngine.pythons();
  }

  @ParameterizedTest
  @MethodSource("pythons")
  void forkedSandboxSaysThatItStarted(Path python) throws IOException {
    Path scripts = Bootstraps.extract(folder).resolve("python");
    try (TestEngine engine = new TestEngine(Mode.NAMESPACE)) {
      engine.startZygote(1, python, scripts);
      String version = engine.await(Op.ZYGOTE_READY, 1).text();
      Held held = engine.fork(1);
      String frame = engine.read(held.responses());
      assertEquals(STARTED, frame.charAt(4));
      assertTrue(frame.substring(HEADER_CHARS).contains("\"pid\": 2"), frame);
      assertTrue(frame.contains('"' + version + '"'), frame);
      engine.forget(held);
      assertEquals("exit status 0", WaitStatus.describe(engine.await(Op.EXIT, held.id()).a()));
    }
  }
}
