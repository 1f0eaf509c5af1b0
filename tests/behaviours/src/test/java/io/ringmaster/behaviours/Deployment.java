package io.ringmaster.behaviours;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import javax.tools.ToolProvider;

/** From a cell to a function: its package on disk, built where the language wants that. */
final class Deployment {
  private static final Map<String, String> RUNTIMES =
      Map.of(
          "python", "python3.13",
          "node", "nodejs22.x",
          "java", "java21",
          "ruby", "ruby3.4",
          "provided", "provided.al2023");
  private static final Map<String, String> HANDLERS = Map.of("java", "App");

  private Deployment() {}

  /** Runtime identifier that stands for a family. */
  static String runtime(String family) {
    return RUNTIMES.get(family);
  }

  /**
   * The function of a cell.
   *
   * @param folder an empty folder for the package
   */
  static FunctionSpec function(String name, Cell cell, Path folder) throws IOException {
    for (Map.Entry<String, String> file : cell.files().entrySet()) {
      Path path = folder.resolve(file.getKey());
      Files.createDirectories(path.getParent());
      Files.writeString(path, file.getValue());
      Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rwxr-xr-x"));
    }
    if (cell.files().keySet().stream().anyMatch(file -> file.endsWith(".sh"))) {
      addBootstrap(folder);
    }
    if (cell.runtime().equals("java")) {
      compile(folder);
    }
    FunctionSpec.Builder spec =
        FunctionSpec.named(name)
            .runtime(cell.option("runtime", runtime(cell.runtime())))
            .handler(cell.option("handler", HANDLERS.getOrDefault(cell.runtime(), "app.handler")))
            .timeoutSeconds(Integer.parseInt(cell.option("timeout", "10")))
            .memoryMb(Integer.parseInt(cell.option("memory", "256")))
            .environment(cell.variables())
            .code(FunctionCode.folder(folder));
    String format = cell.option("format", null);
    if (format != null) {
      spec.logFormat(format);
    }
    String level = cell.option("level", null);
    if (level != null) {
      spec.applicationLogLevel(level);
    }
    String systemLevel = cell.option("system-level", null);
    if (systemLevel != null) {
      spec.systemLogLevel(systemLevel);
    }
    return spec.build();
  }

  /** A shell loop over the Runtime API, unless the row brings its own. */
  private static void addBootstrap(Path folder) throws IOException {
    Path bootstrap = folder.resolve("bootstrap");
    if (Files.exists(bootstrap)) {
      return;
    }
    try (InputStream in = Deployment.class.getResourceAsStream("/provided/bootstrap")) {
      Files.copy(in, bootstrap);
    }
    Files.setPosixFilePermissions(bootstrap, PosixFilePermissions.fromString("rwxr-xr-x"));
  }

  private static void compile(Path folder) throws IOException {
    List<String> arguments =
        new ArrayList<>(
            List.of(
                "--release",
                "17",
                "-nowarn",
                "-proc:none",
                "-cp",
                System.getProperty("java.class.path"),
                "-d",
                folder.toString()));
    try (var files = Files.walk(folder)) {
      files.filter(f -> f.toString().endsWith(".java")).map(Path::toString).forEach(arguments::add);
    }
    if (arguments.getLast().endsWith(".java")) {
      int status =
          ToolProvider.getSystemJavaCompiler()
              .run(null, null, null, arguments.toArray(String[]::new));
      if (status != 0) {
        throw new IllegalStateException("the row's Java does not compile");
      }
    }
  }
}
