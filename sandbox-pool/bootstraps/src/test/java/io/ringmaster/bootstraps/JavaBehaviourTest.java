package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.DynamicContainer.dynamicContainer;
import static org.junit.jupiter.api.DynamicTest.dynamicTest;

import io.ringmaster.bootstraps.PythonSandbox.Frame;
import io.ringmaster.bootstraps.PythonSandbox.Request;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicNode;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/**
 * Every row of the table of Java behaviours, in the JVMs that are here. What the table expects is
 * what AWS's runtime client answers to the same function and event; {@code tools/docs} says where
 * not.
 */
class JavaBehaviourTest {
  private static final List<String> TABLES =
      List.of(
          "java/answers.txt",
          "java/errors.txt",
          "java/loading.txt",
          "java/logging.txt",
          "java/signatures.txt");
  private static final Pattern TIME =
      Pattern.compile("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\d(\\.\\d{3})?Z");

  /** The JVM's own frames below a reflective call differ by its version. */
  private static final Pattern JVM_ELEMENT = Pattern.compile(",?\"java\\.base/[^\"]*\"");

  private static final Pattern LIBRARY_LINE =
      Pattern.compile("(\\n|\\\\n)(\\t|\\\\t)at (java\\.base/|com\\.amazonaws\\.)[^\\n\\\\]*");
  private static final Pattern MORE = Pattern.compile("(\\n|\\\\n)(\\t|\\\\t)+\\.\\.\\. \\d+ more");
  private static final Pattern LINE_NUMBER = Pattern.compile("\\.java:\\d+\\)");

  @TempDir static Path temporary;

  @Test
  void theTableIsThere() {
    assertTrue(rows().count() >= 90);
  }

  @TestFactory
  Stream<DynamicNode> behaviours() throws Exception {
    Path bootstraps = Bootstraps.extract(temporary.resolve("bootstraps"));
    Path code = Files.createDirectory(temporary.resolve("code")).toRealPath();
    JavaFunctions.compile(
        bootstraps,
        code,
        "/functions/java/cases/Cases.java.txt",
        "/functions/java/cases/Sig.java.txt");
    Map<Integer, Path> jvms = JavaFunctions.jvms();
    sayWhatIsAbsent(jvms);
    List<DynamicNode> nodes = new ArrayList<>();
    for (Map.Entry<Integer, Path> jvm : jvms.entrySet()) {
      boolean first = nodes.isEmpty();
      if (!first && !"full".equals(System.getProperty("ringmaster.tests"))) {
        continue;
      }
      int major = jvm.getKey();
      assertTrue(JavaArchive.make(jvm.getValue(), major, bootstraps), "an archive of classes");
      Launch launch = Launch.of("java", jvm.getValue(), major, 0, bootstraps, 256);
      nodes.add(
          dynamicContainer(
              "java" + major,
              rows().map(row -> dynamicTest(row.name(), () -> check(row, launch, code)))));
    }
    return nodes.stream();
  }

  private static Stream<Behaviour> rows() {
    return TABLES.stream().flatMap(table -> Behaviour.read(table).stream());
  }

  private static void sayWhatIsAbsent(Map<Integer, Path> jvms) throws IOException {
    Path folder = Files.createDirectories(Path.of("target", "not-run"));
    Files.write(
        folder.resolve("jvms.txt"),
        Stream.of(17, 21, 25)
            .filter(major -> !jvms.containsKey(major))
            .map(major -> "bootstraps.java" + major + "\tno such interpreter here")
            .toList());
  }

  private static void check(Behaviour behaviour, Launch launch, Path code) throws Exception {
    try (PythonSandbox sandbox = ProgramSandbox.start(launch, code)) {
      sandbox.runtime("java17");
      sandbox.environment("FOO", "bar");
      sandbox.logging(behaviour.option("format", "Text"), behaviour.option("level", ""));
      Frame bound = sandbox.bind(behaviour.option("handler", ""));
      assertNotNull(bound, sandbox::output);
      long mark = 0;
      if (behaviour.initError() != null) {
        assertEquals(PythonSandbox.INIT_ERROR, bound.kind());
        assertEquals(behaviour.initError(), answer(bound.wholeText()));
      } else {
        assertEquals(PythonSandbox.READY, bound.kind(), bound::wholeText);
        mark = exchange(behaviour, sandbox);
      }
      if (behaviour.exit() != null) {
        assertEquals(behaviour.exit(), sandbox.exit(), sandbox::output);
      } else {
        sandbox.awaitLog(mark);
        assertEquals(mark, sandbox.logBytes(), "the mark counts what was written");
      }
      List<String> log = sandbox.records().stream().map(JavaBehaviourTest::record).toList();
      assertEquals(String.join("\n---\n", behaviour.log()), String.join("\n---\n", log));
    }
  }

  private static long exchange(Behaviour behaviour, PythonSandbox sandbox) throws IOException {
    long mark = 0;
    long sequence = 40;
    for (Behaviour.Exchange exchange : behaviour.exchanges()) {
      Request request =
          new Request(
              exchange.event(),
              "Root=1-5759e988-bd862e3fe1be46a994272793;Parent=53995c3f42cd8ad8;Sampled=1",
              behaviour.option("client-context", ""),
              behaviour.option("identity", ""),
              "",
              60_000);
      Frame answer = sandbox.invoke(++sequence, request);
      if (exchange.kind() == null) {
        assertNull(answer);
        continue;
      }
      assertNotNull(answer, sandbox::output);
      assertEquals(exchange.answer(), answer(answer.text()));
      assertEquals(
          exchange.kind().equals("error") ? PythonSandbox.ERROR : PythonSandbox.RESPONSE,
          answer.kind());
      assertEquals(sequence, answer.sequence());
      mark = answer.logMark();
    }
    return mark;
  }

  private static String answer(String text) {
    return common(JVM_ELEMENT.matcher(text).replaceAll("").replace("[,", "["));
  }

  private static String record(String text) {
    String normal = MORE.matcher(LIBRARY_LINE.matcher(text).replaceAll("")).replaceAll("");
    return TIME.matcher(common(normal)).replaceAll("TIME");
  }

  private static String common(String text) {
    return LINE_NUMBER
        .matcher(
            text.replace(PythonSandbox.REQUEST_ID, "REQUEST-ID").replace(PythonSandbox.ARN, "ARN"))
        .replaceAll(".java:N)");
  }
}
