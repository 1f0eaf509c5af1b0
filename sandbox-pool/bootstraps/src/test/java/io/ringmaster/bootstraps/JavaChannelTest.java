package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.bootstraps.PythonSandbox.Frame;
import io.ringmaster.bootstraps.PythonSandbox.Request;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The Java bootstrap and its channel: sizes, parts, ends. */
class JavaChannelTest {
  private static final int ANSWER_BYTES_MAX = 6_291_556;

  @TempDir static Path temporary;
  private static Path code;
  private static Launch launch;

  @BeforeAll
  static void compile() throws IOException {
    Path bootstraps = Bootstraps.extract(temporary.resolve("bootstraps"));
    code = Files.createDirectory(temporary.resolve("code")).toRealPath();
    JavaFunctions.compile(
        bootstraps,
        code,
        "/functions/java/cases/Cases.java.txt",
        "/functions/java/cases/Broken.java.txt");
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    launch = Launch.of("java", java, Runtime.version().feature(), 0, bootstraps, 256);
  }

  private static PythonSandbox bound(String method) throws IOException {
    return bound(method, false);
  }

  private static PythonSandbox bound(String method, boolean raw) throws IOException {
    return boundTo("cases.Cases::" + method, raw);
  }

  private static PythonSandbox boundTo(String handler, boolean raw) throws IOException {
    PythonSandbox sandbox = ProgramSandbox.start(launch, code);
    if (raw) {
      sandbox.raw();
    }
    Frame ready = sandbox.bind(handler);
    assertNotNull(ready, sandbox::output);
    assertEquals(PythonSandbox.READY, ready.kind(), ready::wholeText);
    assertTrue(ByteBuffer.wrap(ready.body()).order(java.nio.ByteOrder.LITTLE_ENDIAN).getLong() > 0);
    return sandbox;
  }

  @Test
  void eventsOfEachSizeArrive() throws Exception {
    try (PythonSandbox sandbox = bound("length")) {
      for (int length : new int[] {0, 1, 8000, 8192, 65_536, 1_000_000, 6_291_454, 5}) {
        Frame answer = sandbox.invoke(length + 1, Request.of('"' + "x".repeat(length) + '"'));
        assertEquals(Integer.toString(length), answer.text());
        assertEquals(length + 1, answer.sequence());
      }
    }
  }

  @Test
  void framesComeInAnyPieces() throws Exception {
    try (PythonSandbox sandbox = bound("length")) {
      byte[] one = PythonSandbox.invocation(1, Request.of("\"abc\""));
      byte[] two = PythonSandbox.invocation(2, Request.of("\"abcd\""));
      byte[] both = Arrays.copyOf(one, one.length + two.length);
      System.arraycopy(two, 0, both, one.length, two.length);
      sandbox.write(both);
      assertEquals("3", sandbox.receive().text());
      assertEquals("4", sandbox.receive().text());
      for (byte each : one) {
        sandbox.write(new byte[] {each});
      }
      assertEquals("3", sandbox.receive().text());
      sandbox.write(Arrays.copyOf(both, one.length + 20));
      assertEquals("3", sandbox.receive().text());
      sandbox.write(Arrays.copyOfRange(both, one.length + 20, both.length));
      assertEquals("4", sandbox.receive().text());
    }
  }

  @Test
  void anAnswerThatIsTooLargeIsAnErrorAndTheNextIsFine() throws Exception {
    try (PythonSandbox sandbox = bound("big")) {
      for (int i = 1; i <= 2; i++) {
        Frame answer = sandbox.invoke(i, Request.of("{}"));
        assertEquals(PythonSandbox.ERROR, answer.kind());
        assertEquals(
            "{\"errorMessage\":\"Response payload size exceeded maximum allowed payload size ("
                + ANSWER_BYTES_MAX
                + " bytes).\",\"errorType\":\"Function.ResponseSizeTooLarge\"}",
            answer.text());
      }
    }
  }

  @Test
  void theProcessEndsWithAnErrorOfTheMachine() throws Exception {
    for (String method : new String[] {"oom", "so"}) {
      try (PythonSandbox sandbox = bound(method)) {
        Frame answer = sandbox.invoke(1, Request.of("{}"));
        assertNotNull(answer, sandbox::output);
        assertEquals(PythonSandbox.ERROR, answer.kind());
        String type = method.equals("oom") ? "OutOfMemoryError" : "StackOverflowError";
        assertTrue(answer.text().contains("\"errorType\":\"java.lang." + type + '"'));
        assertEquals(0, sandbox.exit());
      }
    }
  }

  @Test
  void hooksRunWhenTheEngineSaysStop() throws Exception {
    try (PythonSandbox sandbox = bound("hook")) {
      assertEquals("1", sandbox.invoke(1, Request.of("{}")).text());
      sandbox.send(PythonSandbox.SHUTDOWN, 0, new byte[0]);
      assertEquals(0, sandbox.exit());
      assertEquals("hook\n", sandbox.output());
    }
  }

  @Test
  void theProcessEndsWithItsEngine() throws Exception {
    try (PythonSandbox sandbox = bound("length")) {
      sandbox.closeRequests();
      assertNull(sandbox.receive());
      assertEquals(0, sandbox.exit());
    }
  }

  @Test
  void aFrameThatCannotBeEndsTheProcess() throws Exception {
    try (PythonSandbox sandbox = bound("length")) {
      sandbox.send(99, 0, new byte[0]);
      assertNull(sandbox.receive());
      assertEquals(70, sandbox.exit());
    }
  }

  @Test
  void theTraceIsThatOfTheInvocation() throws Exception {
    try (PythonSandbox sandbox = bound("tracing")) {
      for (String trace : new String[] {"Root=1", "", "Root=2", "Root=2"}) {
        Frame answer = sandbox.invoke(1, new Request("{}", trace, "", "", "", 60_000));
        assertEquals(trace.isEmpty() ? "null" : '"' + trace + '"', answer.text());
      }
    }
  }

  @Test
  void peakMemoryIsToldOnceAndWhenItGrows() throws Exception {
    try (PythonSandbox sandbox = bound("length")) {
      int first = sandbox.invoke(1, Request.of("\"\"")).memoryKb();
      assertTrue(first > 10_000 && first < 1_000_000, first + " KiB");
    }
  }

  @Test
  void rawModeIsFromBytesToBytes() throws Exception {
    try (PythonSandbox sandbox = bound("bytesOnly", true)) {
      byte[] event = "no JSON".getBytes(StandardCharsets.UTF_8);
      for (int i = 1; i <= 3; i++) {
        sandbox.write(PythonSandbox.invocation(i, Request.of(""), event));
        assertArrayEquals("op!KTPO".getBytes(StandardCharsets.UTF_8), bodyOf(sandbox.receive()));
      }
    }
  }

  @Test
  void emptyRecordsSayWhatInitWrote() throws Exception {
    try (PythonSandbox sandbox = boundTo("cases.Broken::logs", false)) {
      Frame answer = sandbox.invoke(1, Request.of("{}"));
      sandbox.awaitLog(answer.logMark());
      assertEquals(answer.logMark(), sandbox.logBytes());
      assertEquals(List.of("", "loading\n", "part", "", "1\n"), sandbox.allRecords());
    }
    try (PythonSandbox sandbox = bound("hook")) {
      sandbox.invoke(1, Request.of("{}"));
      sandbox.send(PythonSandbox.SHUTDOWN, 0, new byte[0]);
      assertEquals(0, sandbox.exit());
      assertEquals(List.of("hook\n"), sandbox.allRecords());
    }
  }

  @Test
  void aLogPipeThatDoesNotBlockLosesNothing() throws Exception {
    try (PythonSandbox sandbox = boundTo("cases.Broken::nonBlocking", false)) {
      Frame answer = sandbox.invoke(1, Request.of("{}"));
      assertEquals("true", answer.text());
      sandbox.awaitLog(answer.logMark());
      List<String> lines = sandbox.records().stream().filter(line -> line.startsWith("n")).toList();
      assertEquals(400, lines.size());
      assertEquals(List.of("n".repeat(9_000) + "\n"), lines.stream().distinct().toList());
    }
  }

  @Test
  void errorsThatAreBrokenThemselvesAreErrors() throws Exception {
    try (PythonSandbox sandbox = boundTo("cases.Broken::fail", false)) {
      for (String way : List.of("Throwing", "Nulls", "Cycle", "Deep", "Endless")) {
        Frame answer = sandbox.invoke(1, Request.of('"' + way + '"'));
        assertNotNull(answer, () -> way + ": " + sandbox.output());
        assertEquals(PythonSandbox.ERROR, answer.kind());
        assertEquals(0, answer.flags(), "the process lives");
        String message = way.equals("Deep") ? "deep" : "cases.Broken$" + way;
        String document =
            "{\"errorMessage\":\"%s\",\"errorType\":\"cases.Broken$%s\",\"stackTrace\":["
                .formatted(message, way);
        assertTrue(answer.text().startsWith(document), answer::text);
      }
      Frame huge = sandbox.invoke(2, Request.of("\"huge\""));
      assertTrue(huge.text().contains("Function.ResponseSizeTooLarge"));
      assertEquals("\"fine\"", sandbox.invoke(3, Request.of("\"-\"")).text());
    }
  }

  @Test
  void aClientContextThatIsNoneIsAnErrorOfItsOwnInvocation() throws Exception {
    try (PythonSandbox sandbox = ProgramSandbox.start(launch, code).logging("JSON", "")) {
      assertEquals(PythonSandbox.READY, sandbox.bind("cases.Cases::length").kind());
      Frame answer = sandbox.invoke(1, new Request("\"\"", "Root=1", "no JSON", "", "", 60_000));
      assertEquals(PythonSandbox.ERROR, answer.kind());
      sandbox.awaitLog(answer.logMark());
      String line = sandbox.records().getFirst();
      assertTrue(line.contains("\"AWSRequestId\":\"" + PythonSandbox.REQUEST_ID + '"'), line);
    }
  }

  @Test
  void jarsOfLayersAreOnTheClassPathBehindThePackage() throws Exception {
    Path layers = Files.createTempDirectory(temporary, "layers");
    Path library = Files.createDirectories(layers.resolve("java/lib"));
    try (JarOutputStream jar =
            new JarOutputStream(Files.newOutputStream(library.resolve("cases.jar")));
        DirectoryStream<Path> classes =
            Files.newDirectoryStream(code.resolve("cases"), "*.class")) {
      for (Path each : classes) {
        jar.putNextEntry(new JarEntry("cases/" + each.getFileName()));
        jar.write(Files.readAllBytes(each));
      }
      jar.putNextEntry(new JarEntry("where.txt"));
      jar.write("a layer".getBytes(StandardCharsets.UTF_8));
    }
    Path empty = Files.createTempDirectory(temporary, "empty").toRealPath();
    for (String own : new String[] {null, "the package"}) {
      if (own != null) {
        Files.writeString(empty.resolve("where.txt"), own);
      }
      try (PythonSandbox sandbox = ProgramSandbox.start(launch, empty).folder("layers", layers)) {
        Frame ready = sandbox.bind("cases.Broken::where");
        assertEquals(PythonSandbox.READY, ready.kind(), ready::wholeText);
        String expected = own == null ? "\"a layer\"" : "\"the package\"";
        assertEquals(expected, sandbox.invoke(1, Request.of("{}")).text());
      }
    }
  }

  private static byte[] bodyOf(Frame answer) {
    return Arrays.copyOfRange(answer.body(), 16, answer.body().length);
  }
}
