package io.ringmaster.conformance;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** AWS's clients in Python, which share a library: fetched once, into one folder. */
final class PythonClients {
  static final String BOTO3 = "boto3==1.44.5";

  /** Releases of one day: they want the same release of the library. */
  private static final List<String> RELEASES = List.of("awscli==1.46.3", BOTO3);

  private static final Path FOLDER = Tools.built("server", "python");

  private PythonClients() {}

  static List<String> command(String client) throws IOException {
    Path python = Tools.interpreter("python3", "-c", "import sys; print(sys.executable)");
    Tools.alone("server-python", () -> fetch(python));
    return List.of(python.toString(), Packages.SCRIPTS.resolve("life.py").toString(), client);
  }

  private static void fetch(Path python) throws IOException {
    Path fetched = FOLDER.resolve(String.join(",", RELEASES));
    if (!Files.exists(fetched)) {
      Path folder = Tools.folder("server", "python");
      List<String> install =
          List.of(
              python.toString(),
              "-m",
              "pip",
              "install",
              "--quiet",
              "--disable-pip-version-check",
              "--only-binary=:all:",
              "--target",
              folder.toString(),
              RELEASES.get(0),
              RELEASES.get(1));
      Tools.run(folder, Map.of(), install.toArray(String[]::new));
      Files.createFile(fetched);
    }
  }

  static Map<String, String> environment() {
    return Map.of("PYTHONPATH", FOLDER.toString(), "PYTHONDONTWRITEBYTECODE", "1");
  }
}
