package io.ringmaster.sandbox.linux;

import static java.nio.file.attribute.PosixFilePermissions.fromString;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What functions leave behind, and how it is removed. */
class FolderRemoverTest {
  private static final String NOBODY = "65534";

  @TempDir Path folder;

  @Test
  void linksAreNotFollowed() throws Exception {
    Path kept = Files.writeString(folder.resolve("kept"), "");
    Path left = Files.createDirectories(folder.resolve("left/deep"));
    Files.createSymbolicLink(left.resolve("link"), folder);
    FolderRemover remover = new FolderRemover();
    remover.remove(folder.resolve("left"));
    remover.remove(folder.resolve("never there"));
    remover.close();
    assertEquals(0, remover.failures());
    assertTrue(Files.exists(kept));
    assertFalse(Files.exists(folder.resolve("left")));
  }

  /** Root may open everything: another user tries. */
  @Test
  void closedFoldersInClosedFoldersAreRemoved() throws Exception {
    List<String> command = new ArrayList<>();
    if ("root".equals(System.getProperty("user.name"))) {
      if (!Files.isExecutable(Path.of("/usr/bin/setpriv"))) {
        Files.writeString(
            Files.createDirectories(Path.of("target", "not-run")).resolve("closed-folders.txt"),
            "folders.closed\tsetpriv (util-linux) is needed to drop root's privilege\n");
        return;
      }
      List<String> nobody = List.of("--reuid", NOBODY, "--regid", NOBODY, "--clear-groups");
      command.add("/usr/bin/setpriv");
      command.addAll(nobody);
    }
    Files.setPosixFilePermissions(folder, fromString("rwxr-xr-x"));
    Path classes = folder.resolve("classes");
    for (Class<?> type : List.of(FolderRemover.class, FolderRemoverTest.class)) {
      copyClasses(type, classes);
    }
    Path own = Files.createDirectory(folder.resolve("own"));
    Files.setPosixFilePermissions(own, fromString("rwxrwxrwx"));
    String java = Path.of(System.getProperty("java.home"), "bin", "java").toString();
    command.addAll(List.of(java, "-cp", classes.toString(), AsAnother.class.getName()));
    command.add(own.resolve("left").toString());
    Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
    String said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    assertEquals(0, process.waitFor(), said);
    assertEquals("failures 0 left false", said.strip());
  }

  /** Of its package those of one source file. */
  private static void copyClasses(Class<?> type, Path to) throws Exception {
    Path from = Path.of(type.getProtectionDomain().getCodeSource().getLocation().toURI());
    Path packages = Path.of(type.getPackageName().replace('.', File.separatorChar));
    Path target = Files.createDirectories(to.resolve(packages));
    for (Path each = target; !each.equals(to.getParent()); each = each.getParent()) {
      Files.setPosixFilePermissions(each, fromString("rwxr-xr-x"));
    }
    String glob = type.getSimpleName() + "{,$*}.class";
    try (var files = Files.newDirectoryStream(from.resolve(packages), glob)) {
      for (Path file : files) {
        Path copy = Files.copy(file, target.resolve(file.getFileName()));
        Files.setPosixFilePermissions(copy, fromString("rw-r--r--"));
      }
    }
  }

  /** The program of the other user. */
  static final class AsAnother {
    /** Closed folders below each other: more than one walk opens. */
    private static final int DEPTH = 100;

    private AsAnother() {}

    public static void main(String[] arguments) throws IOException {
      Path left = Path.of(arguments[0]);
      close(left, DEPTH);
      close(left.resolve("beside"), 1);
      Files.setPosixFilePermissions(left, fromString("---------"));
      FolderRemover remover = new FolderRemover();
      remover.remove(left);
      remover.close();
      System.out.println("failures " + remover.failures() + " left " + Files.exists(left));
    }

    private static void close(Path folder, int depth) throws IOException {
      Files.createDirectory(folder);
      Files.writeString(folder.resolve("file"), "");
      if (depth > 1) {
        close(folder.resolve("d"), depth - 1);
      }
      Files.setPosixFilePermissions(folder, fromString(depth == DEPTH ? "rwx------" : "---------"));
    }
  }
}
