package io.ringmaster.cli.demo;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Programs on this machine. */
final class Executables {
  private Executables() {}

  /**
   * Looks into the folders of PATH, then into these.
   *
   * @return null: it is not there
   */
  static Path find(String name, List<String> usual) {
    String path = System.getenv("PATH");
    List<String> folders = new ArrayList<>(List.of((path == null ? "" : path).split(":")));
    folders.addAll(usual);
    for (String folder : folders) {
      Path file = Path.of(folder).resolve(name);
      if (folder.startsWith("/") && Files.isRegularFile(file) && Files.isExecutable(file)) {
        return file;
      }
    }
    return null;
  }
}
