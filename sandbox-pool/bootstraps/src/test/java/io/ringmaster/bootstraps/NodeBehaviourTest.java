package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every row of Node's table of behaviours, in the interpreters that are here. */
class NodeBehaviourTest {
  private static final Tables TABLES =
      new Tables(
          "node/answers.txt",
          "node/errors.txt",
          "node/loading.txt",
          "node/logging.txt",
          "node/streaming.txt");

  /** Frames inside Node and inside the runtime, which differ from version to version. */
  private static final Pattern INNER_FRAMES =
      Pattern.compile(
          ",\"    at [^\"]*(node:|/var/runtime/)[^\"]*\""
              + "|(\n|\\\\n)    at ((?!\\\\n)[^\"\n])*(node:|/var/runtime/)((?!\\\\n)[^\"\n])*");

  private static final Pattern POSITION = Pattern.compile("(CODE/[\\w./]+:\\d+):\\d+");
  private static final Pattern VERSION_LINE = Pattern.compile("Node\\.js v[\\d.]+");

  @TempDir Path temporary;

  @Test
  void theTableIsThere() {
    int rows = TABLES.rows().size();
    assertTrue(rows >= 60, rows + " rows");
  }

  @TestFactory
  Stream<DynamicNode> behaviours() throws Exception {
    Path bootstraps = Bootstraps.extract(temporary.resolve("bootstraps"));
    SortedMap<Integer, Path> interpreters = NodeInterpreters.all();
    Tables.reportAbsent("node", NodeInterpreters.absent(interpreters));
    List<DynamicNode> nodes = new ArrayList<>();
    interpreters.forEach(
        (major, program) -> {
          Launch launch = Launch.of("node", program, major, 0, bootstraps, 128);
          nodes.add(TABLES.tests("node" + major, major.toString(), row -> check(row, launch)));
        });
    return nodes.stream();
  }

  private void check(Behaviour behaviour, Launch launch) throws Exception {
    Path code = Files.createTempDirectory(temporary, "code").toRealPath();
    try (PythonSandbox sandbox = start(launch, code, behaviour)) {
      sandbox.runtime("nodejs20.x");
      BehaviourCheck.check(behaviour, sandbox, text -> normal(text, code));
    }
  }

  private static PythonSandbox start(Launch launch, Path code, Behaviour behaviour)
      throws IOException {
    PythonSandbox.write(code, behaviour.files());
    return ProgramSandbox.start(launch, code);
  }

  private static String normal(String text, Path code) {
    String normal = BehaviourCheck.normal(text, code);
    normal = INNER_FRAMES.matcher(normal).replaceAll("");
    normal = POSITION.matcher(normal).replaceAll("$1");
    return VERSION_LINE.matcher(normal).replaceAll("Node.js VERSION");
  }
}
