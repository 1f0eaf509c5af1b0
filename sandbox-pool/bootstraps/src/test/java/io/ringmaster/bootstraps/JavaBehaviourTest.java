package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertTrue;

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
  private static final Tables TABLES =
      new Tables(
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
    assertTrue(TABLES.rows().size() >= 90);
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
    Tables.reportAbsent(
        "java", Stream.of(17, 21, 25).filter(major -> !jvms.containsKey(major)).toList());
    List<DynamicNode> nodes = new ArrayList<>();
    for (Map.Entry<Integer, Path> jvm : jvms.entrySet()) {
      boolean first = nodes.isEmpty();
      if (!first && !"full".equals(System.getProperty("ringmaster.tests"))) {
        continue;
      }
      int major = jvm.getKey();
      assertTrue(JavaArchive.make(jvm.getValue(), major, bootstraps), "an archive of classes");
      Launch launch = Launch.of("java", jvm.getValue(), major, 0, bootstraps, 256);
      nodes.add(TABLES.tests("java" + major, "" + major, row -> check(row, launch, code)));
    }
    return nodes.stream();
  }

  private static void check(Behaviour row, Launch launch, Path code) throws Exception {
    try (PythonSandbox sandbox = ProgramSandbox.start(launch, code)) {
      sandbox.runtime("java17");
      BehaviourCheck.check(row, sandbox, JavaBehaviourTest::normal);
    }
  }

  private static String normal(String text) {
    String normal = JVM_ELEMENT.matcher(text).replaceAll("").replace("[,", "[");
    normal = MORE.matcher(LIBRARY_LINE.matcher(normal).replaceAll("")).replaceAll("");
    normal =
        normal.replace(PythonSandbox.REQUEST_ID, "REQUEST-ID").replace(PythonSandbox.ARN, "ARN");
    normal = LINE_NUMBER.matcher(normal).replaceAll(".java:N)");
    return TIME.matcher(normal).replaceAll("TIME");
  }
}
