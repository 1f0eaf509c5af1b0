package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Every row of the table of behaviours, in the interpreters that are here. */
class BehaviourTest {
  private static final Tables TABLES =
      new Tables(
          "python/loading.txt",
          "python/errors.txt",
          "python/marshalling.txt",
          "python/logging.txt",
          "python/context.txt");
  private static final Pattern RUNTIME =
      Pattern.compile("/[^\"\\s]*ringmaster_runtime/\\w+\\.py(\\\\?)\", line \\d+");
  private static final Pattern STANDARD_LIBRARY = Pattern.compile("/[^\"\\s]*/lib/python3\\.\\d+/");
  private static final Pattern LIBRARY_LINE =
      Pattern.compile("(File \\\\?\"(?:LIB/[^\"]*|<frozen [^>]*>)\\\\?\", line )\\d+");

  @TempDir Path temporary;
  private final List<PythonTemplate> templates = new ArrayList<>();

  @AfterEach
  void closeTemplates() throws Exception {
    for (PythonTemplate template : templates) {
      template.close();
    }
  }

  @Test
  void theTableIsThere() {
    int rows = TABLES.rows().size();
    assertTrue(rows >= 60, rows + " rows");
  }

  @TestFactory
  Stream<DynamicNode> behaviours(TestReporter reporter) throws Exception {
    Path bootstraps = Bootstraps.extract(temporary.resolve("bootstraps"));
    Map<String, Path> all = Interpreters.all();
    reporter.publishEntry(
        "interpreters",
        chosen(all).keySet()
            + " of "
            + all.keySet()
            + "; not on this machine: "
            + Interpreters.absent(all));
    Tables.reportAbsent("python", Interpreters.absent(all));
    List<DynamicNode> nodes = new ArrayList<>();
    for (Map.Entry<String, Path> interpreter : chosen(all).entrySet()) {
      String minor = minorVersion(interpreter.getValue());
      PythonTemplate template =
          new PythonTemplate(
              interpreter.getValue(),
              bootstraps,
              Files.createTempDirectory(temporary, interpreter.getKey()));
      templates.add(template);
      nodes.add(TABLES.tests(interpreter.getKey(), minor, row -> check(row, template)));
    }
    return nodes.stream();
  }

  /**
   * In the short tier the standard interpreter, the oldest and the newest; in the full tier all.
   */
  private static Map<String, Path> chosen(Map<String, Path> all) {
    if ("full".equals(System.getProperty("ringmaster.tests"))) {
      return all;
    }
    List<String> versions = new ArrayList<>(all.keySet());
    versions.remove("python3");
    versions.sort(Comparator.comparingInt(version -> Integer.parseInt(version.split("\\.")[1])));
    Map<String, Path> chosen = new LinkedHashMap<>();
    chosen.put("python3", all.get("python3"));
    if (!versions.isEmpty()) {
      chosen.put(versions.getFirst(), all.get(versions.getFirst()));
      chosen.put(versions.getLast(), all.get(versions.getLast()));
    }
    return chosen;
  }

  static String minorVersion(Path interpreter) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(
                interpreter.toString(),
                "-S",
                "-c",
                "import sys; print('%d.%d' % sys.version_info[:2])")
            .start();
    String version =
        new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8).strip();
    assertEquals(0, process.waitFor());
    return version;
  }

  private void check(Behaviour behaviour, PythonTemplate template) throws Exception {
    Path code = Files.createTempDirectory(temporary, "code").toRealPath();
    try (PythonSandbox sandbox = template.fork(code, behaviour.files())) {
      sandbox.runtime("python3.11");
      BehaviourCheck.check(behaviour, sandbox, text -> normal(text, code));
    }
  }

  private static String normal(String text, Path code) {
    String normal = BehaviourCheck.normal(text, code);
    normal = RUNTIME.matcher(normal).replaceAll("RUNTIME$1\", line N");
    normal = STANDARD_LIBRARY.matcher(normal).replaceAll("LIB/");
    normal = LIBRARY_LINE.matcher(normal).replaceAll("$1N");
    return normal;
  }
}
