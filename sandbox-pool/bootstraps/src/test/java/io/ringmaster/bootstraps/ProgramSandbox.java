package io.ringmaster.bootstraps;

import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Starts interpreters as the driver does: by what {@link Launch} says, with the channel's pipes.
 */
final class ProgramSandbox {
  private ProgramSandbox() {}

  /** The function's folder is {@code code}. */
  static PythonSandbox start(Launch launch, Path code) throws IOException {
    List<String> argv =
        new ArrayList<>(
            List.of("/bin/sh", "-c", "exec \"$@\" 3<&0 4>&1 1>&2 </dev/null", "launcher"));
    argv.addAll(launch.argv());
    ProcessBuilder builder = new ProcessBuilder(argv).directory(Path.of("/").toFile());
    builder.environment().clear();
    for (String variable : launch.environment()) {
      int equals = variable.indexOf('=');
      builder.environment().put(variable.substring(0, equals), variable.substring(equals + 1));
    }
    return PythonSandbox.of(builder.start(), code);
  }
}
