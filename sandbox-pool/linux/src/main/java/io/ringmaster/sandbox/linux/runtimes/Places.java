package io.ringmaster.sandbox.linux.runtimes;

import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * Folders where interpreters may lie, and what in them may be one. Any thread; blocks for files.
 */
final class Places {
  /**
   * Below the home folder: one folder per version, with {@code bin} in it; version managers keep
   * them so. A star stands for any name.
   */
  private static final List<String> AT_HOME =
      List.of(
          ".pyenv/versions/*/bin",
          ".nvm/versions/node/*/bin",
          ".local/share/fnm/node-versions/*/installation/bin",
          ".fnm/node-versions/*/installation/bin",
          ".volta/tools/image/node/*/bin",
          "n/n/versions/node/*/bin",
          ".rbenv/versions/*/bin",
          ".rubies/*/bin",
          ".rvm/rubies/*/bin",
          ".sdkman/candidates/java/*/bin",
          ".jdks/*/bin",
          ".local/share/uv/python/*/bin",
          ".asdf/installs/*/*/bin",
          ".local/share/mise/installs/*/*/bin");

  private static final List<String> ELSEWHERE =
      List.of(
          "/usr/lib/jvm/*/bin",
          "/usr/local/lib/jvm/*/bin",
          "/usr/local/n/versions/node/*/bin",
          "/usr/local/rvm/rubies/*/bin",
          "/usr/local/sdkman/candidates/java/*/bin",
          "/opt/*/bin",
          "/opt/*/versions/*/bin",
          "/opt/rubies/*/bin",
          "/opt/jdk/*/bin");

  private Places() {}

  /**
   * The operator's folder first, then what was meant for everybody, then what the caller's PATH and
   * home folder have.
   *
   * @param operators the operator's folder, or null
   */
  static List<Path> folders(Path operators) {
    Set<Path> folders = new LinkedHashSet<>();
    if (operators != null) {
      folders.addAll(expand(operators.toAbsolutePath(), "*/bin"));
    }
    folders.add(Path.of("/usr/bin"));
    folders.add(Path.of("/usr/local/bin"));
    String path = System.getenv("PATH");
    for (String folder : (path == null ? "" : path).split(":")) {
      if (folder.startsWith("/")) {
        folders.add(Path.of(folder));
      }
    }
    Path home = Path.of(System.getProperty("user.home"));
    AT_HOME.forEach(pattern -> folders.addAll(expand(home, pattern)));
    ELSEWHERE.forEach(pattern -> folders.addAll(expand(Path.of("/"), pattern.substring(1))));
    return List.copyOf(folders);
  }

  /** The folders that a pattern stands for, each that exists. */
  private static List<Path> expand(Path root, String pattern) {
    List<Path> reached = List.of(root);
    for (String part : pattern.split("/")) {
      List<Path> next = new ArrayList<>();
      for (Path folder : reached) {
        if (part.equals("*")) {
          next.addAll(list(folder));
        } else if (Files.isDirectory(folder.resolve(part))) {
          next.add(folder.resolve(part));
        }
      }
      reached = next;
    }
    return reached;
  }

  /**
   * What is in a folder, sorted; nothing where it cannot be read: then there is no interpreter for
   * us.
   */
  private static List<Path> list(Path folder) {
    List<Path> entries = new ArrayList<>();
    try (DirectoryStream<Path> stream = Files.newDirectoryStream(folder)) {
      stream.forEach(entries::add);
    } catch (IOException | DirectoryIteratorException unreadable) {
      return List.of();
    }
    entries.sort(Comparator.naturalOrder());
    return entries;
  }

  /** The real binaries that these names lead to in these folders, in the folders' order. */
  static Set<Path> candidates(List<Path> folders, List<String> names) {
    Set<Path> candidates = new LinkedHashSet<>();
    for (Path folder : folders) {
      for (String name : names) {
        realBinary(folder.resolve(name), candidates);
      }
    }
    return candidates;
  }

  /**
   * Adds what a name leads to, unless it is a script: a version manager's shim, whose real binaries
   * are found elsewhere.
   */
  private static void realBinary(Path file, Set<Path> candidates) {
    if (!Files.isExecutable(file)) {
      return;
    }
    try {
      Path real = file.toRealPath();
      if (!Files.isRegularFile(real)) {
        return;
      }
      byte[] magic = new byte[4];
      try (var in = Files.newInputStream(real)) {
        if (in.readNBytes(magic, 0, 4) == 4 && magic[0] == 0x7f && magic[1] == 'E') {
          candidates.add(real);
        }
      }
    } catch (IOException unreadable) {
      // A dangling link or a file we may not read: no interpreter for us.
      return;
    }
  }
}
