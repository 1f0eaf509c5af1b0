package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** Every row of Ruby's table of behaviours, in the interpreters that are here. */
class RubyBehaviourTest {
  private static final Tables TABLES =
      new Tables(
          "ruby/loading.txt",
          "ruby/errors.txt",
          "ruby/marshalling.txt",
          "ruby/logging.txt",
          "ruby/context.txt");

  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d\\.\\d{6}Z?");
  private static final Pattern PID = Pattern.compile("#\\d+\\]");
  private static final Pattern ADDRESS = Pattern.compile("0x[0-9a-f]{16}");

  /** Frames of {@code require}, of which each version has others. */
  private static final Pattern GEMS_FRAME =
      Pattern.compile("(,\\s*)?\"(?:<internal:|/)[^\"]*/rubygems/[^\"]*\"");

  private static final Pattern JSON_FRAMES = frames("/[^\"]*/json/common\\.rb");
  private static final Pattern RUNTIME_FRAMES = frames("BOOTSTRAPS/ruby/");
  private static final Pattern FIRST_LEFT_OUT = Pattern.compile("\\[(\\s*),\\s*");
  private static final Pattern NO_FRAMES = Pattern.compile("\\[\\s+\\]");

  @TempDir Path temporary;

  /** Frames below a path, however many follow one another. */
  private static Pattern frames(String path) {
    return Pattern.compile("\"" + path + "[^\"]*\"(,\\s*\"" + path + "[^\"]*\")*");
  }

  @Test
  void theTableIsThere() {
    int rows = TABLES.rows().size();
    assertTrue(rows >= 80, rows + " rows");
  }

  @TestFactory
  Stream<DynamicNode> behaviours() throws Exception {
    Path bootstraps = Bootstraps.extract(temporary.resolve("bootstraps"));
    SortedMap<String, Path> interpreters = RubyInterpreters.all();
    Tables.reportAbsent("ruby", RubyInterpreters.absent(interpreters));
    List<DynamicNode> nodes = new ArrayList<>();
    interpreters.forEach(
        (version, program) -> {
          Launch launch = Launch.of("ruby", program, 0, 0, bootstraps, 128);
          nodes.add(TABLES.tests("ruby" + version, version, row -> check(row, launch, bootstraps)));
        });
    return nodes.stream();
  }

  private void check(Behaviour behaviour, Launch launch, Path bootstraps) throws Exception {
    Path code = Files.createTempDirectory(temporary, "code").toRealPath();
    PythonSandbox.write(code, behaviour.files());
    try (PythonSandbox sandbox = ProgramSandbox.start(launch, code)) {
      sandbox.runtime("ruby3.3");
      BehaviourCheck.check(
          inFolder(behaviour, code), sandbox, text -> normal(text, code, bootstraps));
    }
  }

  /** Variables may name the function's folder. */
  private static Behaviour inFolder(Behaviour row, Path code) {
    Map<String, String> variables = new LinkedHashMap<>();
    row.variables()
        .forEach((name, value) -> variables.put(name, value.replace("CODE", code.toString())));
    return new Behaviour(
        row.name(),
        row.options(),
        variables,
        row.files(),
        row.exchanges(),
        row.initError(),
        row.exit(),
        row.log());
  }

  private static String normal(String text, Path code, Path bootstraps) {
    String normal =
        text.replace(code.toString(), "CODE")
            .replace(PythonSandbox.REQUEST_ID, "REQUEST-ID")
            .replace(bootstraps.toString(), "BOOTSTRAPS");
    normal = TIME.matcher(normal).replaceAll("TIME");
    normal = PID.matcher(normal).replaceAll("#PID]");
    normal = ADDRESS.matcher(normal).replaceAll("ADDRESS");
    normal = GEMS_FRAME.matcher(normal).replaceAll("");
    normal = RUNTIME_FRAMES.matcher(normal).replaceAll("\"RUNTIME\"");
    normal = JSON_FRAMES.matcher(normal).replaceAll("\"JSON\"");
    normal = FIRST_LEFT_OUT.matcher(normal).replaceAll("[$1");
    normal = NO_FRAMES.matcher(normal).replaceAll(Matcher.quoteReplacement("[]"));
    return normal.replace("in `", "in '");
  }
}
