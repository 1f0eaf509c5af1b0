package io.ringmaster.sandbox.keeper;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.system.KeeperJvm;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.Op;
import io.ringmaster.sandbox.system.Spawn;
import io.ringmaster.sandbox.system.Wire;
import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.ArrayList;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeeperTrainingTest {
  @TempDir Path folder;

  @Test
  void trainedKeeperStartsFromItsCache() throws Exception {
    List<Path> jars = List.of(jar(Keeper.class), jar(Linux.class));
    assertFalse(KeeperJvm.command(jars).toString().contains("AOTCache"), "there is none yet");
    List<String> training = new ArrayList<>(KeeperJvm.command(jars));
    training.set(training.size() - 1, KeeperTraining.class.getName());
    Process process = new ProcessBuilder(training).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertEquals(0, process.waitFor(), said);
    Path cache = folder.resolve(KeeperJvm.CACHE);
    assertTrue(said.endsWith(cache + "\n"), said);

    List<String> command = new ArrayList<>(KeeperJvm.command(jars));
    assertTrue(command.contains("-XX:AOTCache=" + cache));
    command.add(1, "-XX:AOTMode=on"); // the JVM ends with an error where it cannot use the cache
    assertEquals(Op.HELLO, firstWord(command));

    Files.setLastModifiedTime(jars.get(0), FileTime.fromMillis(System.currentTimeMillis() + 5_000));
    assertFalse(KeeperJvm.command(jars).toString().contains("AOTCache"), "it is too old");
  }

  @Test
  void foldersOfClassesHaveNoCache() {
    assertNull(KeeperJvm.cache(List.of(folder)));
  }

  private static int firstWord(List<String> command) {
    Linux linux = new Linux();
    int[] ends = new int[2];
    assertEquals(0, linux.socketpair(ends));
    int pid =
        new Spawn(linux, command, List.of())
            .descriptors(2, 2, 2, ends[1])
            .blocked(Linux.SIGCHLD)
            .start();
    linux.close(ends[1]);
    try (Wire wire = new Wire(linux, ends[0])) {
      return wire.receive() ? wire.op() : 0;
    } finally {
      linux.wait4(pid, 0, 0, 0);
    }
  }

  /** A jar of what a class's folder, or jar, holds. */
  private Path jar(Class<?> type) throws IOException, URISyntaxException {
    Path from = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path to = folder.resolve(type.getSimpleName() + ".jar");
    if (Files.isRegularFile(from)) {
      return Files.copy(from, to);
    }
    try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(to));
        Stream<Path> files = Files.walk(from)) {
      for (Path file : files.filter(Files::isRegularFile).sorted().toList()) {
        jar.putNextEntry(new JarEntry(from.relativize(file).toString()));
        jar.write(Files.readAllBytes(file));
      }
    }
    return to;
  }
}
