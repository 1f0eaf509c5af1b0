package io.ringmaster.sandbox.linux.runtimes;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RuntimesTest {
  @TempDir Path folder;

  @Test
  void findsWhatWorksByItsRealName() {
    Runtimes found = Runtimes.find();
    assertFalse(
        found.interpreters(RuntimeFamily.PYTHON).isEmpty(),
        "these tests need a Python 3.8 to 3.14");
    assertFalse(
        found.interpreters(RuntimeFamily.JAVA).isEmpty(), "these tests run on a JDK themselves");
    for (Interpreter interpreter : found.interpreters()) {
      assertTrue(Files.isExecutable(interpreter.executable()), interpreter::toString);
      assertFalse(Files.isSymbolicLink(interpreter.executable()), interpreter::toString);
      assertTrue(
          (interpreter.version() + ".")
                  .startsWith(interpreter.major() + "." + interpreter.minor() + ".")
              || interpreter.version().equals(Integer.toString(interpreter.major())),
          interpreter::toString);
    }
    Interpreter first = found.interpreters(RuntimeFamily.PYTHON).getFirst();
    RuntimeMatch match = found.match("python3." + first.minor());
    assertEquals("exact", match.match());
    assertEquals(first, match.interpreter());
  }

  @Test
  void theQuickWayComesToTheSame() {
    Runtimes all = Runtimes.find();
    for (RuntimeIdentifier identifier : RuntimeIdentifier.all()) {
      RuntimeMatch quick = Runtimes.findFor(identifier.id(), RuntimeSettings.NONE);
      RuntimeMatch thorough = all.match(identifier.id());
      assertEquals(thorough.match(), quick.match(), identifier::id);
      assertEquals(thorough.reason(), quick.reason(), identifier::id);
    }
  }

  @Test
  void whatIsKnownIsNotAskedAgain() {
    List<Interpreter> first = Runtimes.find().interpreters();
    long beforeNs = System.nanoTime();
    for (int i = 0; i < 10; i++) {
      assertEquals(first, Runtimes.find().interpreters());
    }
    assertTrue(System.nanoTime() - beforeNs < 2_000_000_000L);
  }

  /** Whatever it is: it is learned once. */
  @Test
  void whatIsNoInterpreterIsNotAskedAgain() throws Exception {
    HangingProgram.write(folder.resolve("ruby"));
    long beginNs = System.nanoTime();
    assertEquals(List.of(), Runtimes.find(List.of(folder), false).interpreters());
    long firstNs = System.nanoTime() - beginNs;
    assertTrue(firstNs > 4_000_000_000L, "it was waited for");
    for (int i = 0; i < 3; i++) {
      assertEquals(List.of(), Runtimes.find(List.of(folder), false).interpreters());
    }
    assertTrue(System.nanoTime() - beginNs < 3 * firstNs, "it was waited for once");
  }

  @Test
  void shimsAndWrecksAreNoInterpreters() throws Exception {
    for (String name : List.of("python3.12", "node", "java", "ruby")) {
      program(name, "#!/bin/sh\nexec /usr/bin/python3 \"$@\"\n".getBytes());
    }
    program("python3.13", new byte[] {0x7f, 'E', 'L', 'F', 0, 0});
    program("nodejs", new byte[] {0x7f, 'E', 'L', 'F', 0, 0});
    Files.createSymbolicLink(folder.resolve("python3.11"), Path.of("/bin/true"));
    Files.createSymbolicLink(folder.resolve("python3"), folder.resolve("nowhere"));
    assertEquals(List.of(), Runtimes.find(List.of(folder), false).interpreters());
  }

  private void program(String name, byte[] content) throws Exception {
    Path file = Files.write(folder.resolve(name), content);
    Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  @Test
  void theNearestVersionServes() throws Exception {
    Interpreter any = Runtimes.find().interpreters(RuntimeFamily.PYTHON).getFirst();
    Files.createSymbolicLink(folder.resolve("python3"), any.executable());
    String other = "python3." + (any.minor() == 14 ? 13 : any.minor() + 1);
    RuntimeMatch match = Runtimes.find(List.of(folder), false).match(other);
    assertEquals("nearest", match.match());
    assertEquals(any, match.interpreter());
    assertEquals(
        "no python " + other.substring(6) + " here; " + any.version() + " is the nearest version",
        match.reason());
    Runtimes only = Runtimes.find(List.of(folder), false);
    assertNull(only.match("nodejs22.x").interpreter());
    assertTrue(only.match("nodejs22.x").reason().contains("apt-get install nodejs"));
    assertEquals("none", only.match("python2.7").match());
    RuntimeMatch strict = Runtimes.find(List.of(folder), true).match(other);
    assertEquals("none", strict.match());
    assertTrue(strict.reason().endsWith("and runtime-match is exact"), strict::toString);
  }

  @Test
  void theOperatorsFolderComesFirst() throws Exception {
    Interpreter any = Runtimes.find().interpreters(RuntimeFamily.JAVA).getLast();
    Path bin = Files.createDirectories(folder.resolve("mine/bin"));
    Files.createSymbolicLink(bin.resolve("java"), any.executable());
    RuntimeSettings settings = RuntimeSettings.NONE.withInterpreters(folder, false);
    assertEquals(any, Runtimes.find(settings).interpreters(RuntimeFamily.JAVA).getFirst());
    assertEquals(
        any.major(),
        Runtimes.findFor("java" + any.major(), settings).interpreter() == null
            ? any.major()
            : Runtimes.findFor("java" + any.major(), settings).interpreter().major());
  }

  @Test
  void answersAreUnderstood() {
    assertEquals(
        new Interpreter("node", Path.of("/n/bin/node"), 22, 3, "22.3.0"),
        RuntimeFamily.NODE.parse("22.3.0 /n/bin/node\n"));
    String settings =
        "Property settings:\n"
            + "    java.class.path = \n"
            + "    java.home = %s\n"
            + "    java.io.tmpdir = /tmp\n"
            + "    java.version = %s\n"
            + "    java.version.date = 2025\n\n"
            + "openjdk version \"1\"\n";
    assertEquals(
        new Interpreter("java", Path.of("/j/bin/java"), 25, 0, "25.0.3"),
        RuntimeFamily.JAVA.parse(settings.formatted("/j", "25.0.3")));
    assertEquals(
        new Interpreter("java", Path.of("/j/bin/java"), 26, 0, "26"),
        RuntimeFamily.JAVA.parse(settings.formatted("/j", "26-ea")));
    Interpreter old = RuntimeFamily.JAVA.parse(settings.formatted("/j/jre", "1.8.0_402"));
    assertFalse(RuntimeFamily.JAVA.supports(old.major(), old.minor()));
    assertEquals(
        new Interpreter("ruby", Path.of("/r/ruby3.4"), 3, 4, "3.4.1"),
        RuntimeFamily.RUBY.parse("3.4.1 /r/ruby3.4\n"));
    assertNull(RuntimeFamily.PYTHON.parse("3.12 /usr/bin/python3\n"));
  }

  @Test
  void aNewerJvmServesAndAnOlderOneOnlyWhereThereIsNoNewer() {
    assertTrue(
        RuntimeFamily.JAVA.distance(21, 25) < RuntimeFamily.JAVA.distance(21, 17),
        "25 runs what was compiled for 21");
    assertTrue(RuntimeFamily.JAVA.distance(21, 21) < RuntimeFamily.JAVA.distance(21, 22));
    assertTrue(RuntimeFamily.JAVA.distance(26, 25) < RuntimeFamily.JAVA.distance(26, 17));
    assertTrue(RuntimeFamily.NODE.distance(22, 24) < RuntimeFamily.NODE.distance(22, 20));
    assertTrue(RuntimeFamily.NODE.distance(26, 20) > RuntimeFamily.NODE.distance(26, 22));
    RuntimeFamily ruby = RuntimeFamily.RUBY;
    assertEquals(1, ruby.version(4, 0) - ruby.version(3, 4));
  }

  @Test
  void whatHasNoBootstrapSaysWhy() {
    Runtimes none = Runtimes.find(List.of(folder), false);
    assertTrue(none.match("dotnet8").reason().contains("provided.al2023"));
    assertTrue(none.match("go1.x").reason().contains("provided.al2023"));
    assertEquals("no runtime has this name", none.match("cobol1.0").reason());
    RuntimeMatch provided = none.match("provided.al2023");
    assertEquals("exact", provided.match());
    assertNull(provided.interpreter().executable());
  }
}
