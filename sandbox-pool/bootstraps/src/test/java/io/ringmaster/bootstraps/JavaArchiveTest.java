package io.ringmaster.bootstraps;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Archives of classes: which JVM's, and who can read them. */
class JavaArchiveTest {
  private static final int MAJOR = 21;

  @TempDir Path folder;
  private Path bootstraps;
  private Path executable;

  @BeforeEach
  void installOne() throws IOException {
    bootstraps = folder.resolve("bootstraps");
    executable = folder.resolve("jvm/bin/java");
    write("bootstraps/java/bootstrap.jar");
    write("jvm/bin/java");
    write("jvm/release");
    write("jvm/lib/modules");
    write("jvm/lib/server/libjvm.so");
  }

  private Path write(String name) throws IOException {
    Path file = folder.resolve(name);
    Files.createDirectories(file.getParent());
    Files.writeString(file, name);
    Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
    return file;
  }

  private Path archive() {
    return JavaArchive.file(executable, MAJOR, bootstraps);
  }

  @Test
  void whateverChangesOfAJvmItsArchiveIsAnother() throws Exception {
    Path first = archive();
    Set<Path> seen = new HashSet<>(List.of(first));
    for (String part : List.of("bin/java", "release", "lib/modules", "lib/server/libjvm.so")) {
      Path file = folder.resolve("jvm").resolve(part);
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_001_000L));
      assertTrue(seen.add(archive()), part + ": later");
      Files.writeString(file, "longer than it was");
      Files.setLastModifiedTime(file, FileTime.fromMillis(1_700_000_000_000L));
      assertTrue(seen.add(archive()), part + ": longer");
      write("jvm/" + part);
      assertEquals(first, archive(), part + ": as before");
    }
    Files.writeString(bootstraps.resolve("java/bootstrap.jar"), "another release of it");
    assertTrue(seen.add(archive()), "the bootstrap");
  }

  @Test
  void twoJvmsHaveTwo() throws Exception {
    Path other = folder.resolve("other");
    Files.move(folder.resolve("jvm"), other);
    Path moved = JavaArchive.file(other.resolve("bin/java"), MAJOR, bootstraps);
    installOne();
    assertNotEquals(archive(), moved);
  }

  @Test
  void everybodyCanReadItAndTheOldOneIsGone() throws Exception {
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    int major = Runtime.version().feature();
    Path real = Bootstraps.extract(folder.resolve("real"));
    Path file = JavaArchive.file(java, major, real);
    Path old = file.resolveSibling(file.getFileName().toString().replaceAll("-[^-]*\\.", "-0."));
    Path others = file.resolveSibling(major + "-00000000-0" + (major >= 25 ? ".aot" : ".jsa"));
    Files.createDirectories(file.getParent());
    Files.writeString(old, "old");
    Files.writeString(others, "another JVM's");
    assertTrue(JavaArchive.make(java, major, real));
    assertEquals("rw-r--r--", PosixFilePermissions.toString(Files.getPosixFilePermissions(file)));
    assertFalse(Files.exists(old), "what nobody can use is removed");
    assertTrue(Files.exists(others));
    try (Stream<Path> files = Files.list(file.getParent())) {
      assertEquals(2, files.count(), "no draft is left");
    }
  }

  @Test
  void draftsOfKilledEnginesAreRemoved() throws Exception {
    Path java = Path.of("/bin/false");
    Path archives = JavaArchive.file(java, MAJOR, bootstraps).getParent();
    Path stale = Files.createDirectories(archives.resolve(".draft-999999999-1"));
    Files.writeString(stale.resolve("archive"), "half of it");
    Path old = Files.createDirectories(archives.resolve(".draft-1x"));
    long pid = ProcessHandle.current().pid();
    Path running = Files.createDirectories(archives.resolve(".draft-" + pid + "-1"));
    assertFalse(JavaArchive.make(java, MAJOR, bootstraps));
    assertFalse(Files.exists(stale));
    assertFalse(Files.exists(old));
    assertTrue(Files.exists(running));
    try (Stream<Path> files = Files.list(archives)) {
      assertEquals(1, files.count(), "none is left of this one either");
    }
  }

  /** An engine that is killed closes its end of the pipe. */
  @Test
  void aRehearsalEndsWithItsEngine() throws Exception {
    Path real = Bootstraps.extract(folder.resolve("real"));
    Path java = Path.of(System.getProperty("java.home"), "bin", "java");
    List<String> command = new ArrayList<>(Launch.java(java, 128));
    command.addAll(List.of("-jar", Launch.javaProgram(real), "--rehearse"));
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD);
    Process whole = builder.start();
    assertEquals(0, whole.waitFor());
    whole.getOutputStream().close();
    int status = 0;
    // Where the machine is busy, one may be ready before it notices.
    for (int attempt = 0; attempt < 10 && status == 0; attempt++) {
      Process alone = builder.start();
      alone.getOutputStream().close();
      status = alone.waitFor();
    }
    assertEquals(1, status);
  }
}
