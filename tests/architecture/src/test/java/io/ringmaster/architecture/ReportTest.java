package io.ringmaster.architecture;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The report of what did not run, on a tree of its own. */
class ReportTest {
  private static final Path PROGRAM = TreeTest.ROOT.resolve("tools/report/TestReport.java");

  @TempDir private Path root;

  @BeforeEach
  void results() throws IOException {
    write(
        "module/target/surefire-reports/TEST-a.B.xml",
        """
        <testsuite name="a.B" tests="4" errors="0" failures="1" skipped="2">
          <testcase classname="a.B" name="one"/>
          <testcase classname="a.B" name="two"><failure message="no"/></testcase>
          <testcase classname="a.B" name="three"><skipped message="no &quot;thing&quot;"/></testcase>
          <testcase classname="a.B" name="four"><skipped type="a.Aborted"><![CDATA[a.Aborted: Assumption failed: no luck
            at a.B.four(B.java:1)]]></skipped></testcase>
        </testsuite>
        """);
    write("module/target/not-run/extra.txt", "escape.setsid\tno namespaces\n\n");
    write("module/src/test/resources/surefire-reports/TEST-c.D.xml", "not a report");
    write("tests/expected-absent.txt", "# none\n");
  }

  @Test
  void whatDidNotRunIsListedWithItsReason() throws Exception {
    Ended ended = report();
    assertEquals(0, ended.status);
    assertEquals(
        """
        [
          {"id": "a.B#four", "reason": "no luck"},
          {"id": "a.B#three", "reason": "no \\"thing\\""},
          {"id": "escape.setsid", "reason": "no namespaces"}
        ]
        """,
        Files.readString(root.resolve("target/not-run.json")));
    assertTrue(
        ended.text.endsWith("\nTests run: 4, Failures: 1, Errors: 0, Skipped: 2\n"), ended.text);
  }

  @Test
  void whatIsNotExpectedFailsWhenStrict() throws Exception {
    Ended ended = report("--strict");
    assertEquals(1, ended.status);
    assertTrue(ended.text.contains("a.B#three [not in tests/expected-absent.txt]"), ended.text);
  }

  @Test
  void whatIsExpectedDoesNot() throws Exception {
    write("tests/expected-absent.txt", "a.B#three # this machine\na.B#four\nescape.*\n");
    Ended ended = report("--strict");
    assertEquals(0, ended.status, ended.text);
    assertTrue(ended.text.contains("Not run on this machine: 3, unexpected: 0"), ended.text);
  }

  private record Ended(int status, String text) {}

  private Ended report(String... more) throws IOException, InterruptedException {
    List<String> command = new ArrayList<>();
    command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
    command.addAll(List.of(PROGRAM.toString(), root.toString()));
    command.addAll(List.of(more));
    Path output = root.resolve("output");
    Process process =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(output.toFile())
            .start();
    try {
      assertTrue(process.waitFor(60, TimeUnit.SECONDS), "still running");
      return new Ended(process.exitValue(), Files.readString(output));
    } finally {
      process.destroyForcibly();
    }
  }

  private void write(String path, String text) throws IOException {
    Path file = root.resolve(path);
    Files.createDirectories(file.getParent());
    Files.writeString(file, text);
  }
}
