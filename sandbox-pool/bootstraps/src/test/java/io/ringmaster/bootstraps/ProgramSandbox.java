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
    return start(launch, code, List.of("exec \"$@\" 3<&0 4>&1 1>&2 </dev/null", "launcher"));
  }

  /** The same with shared memory: the file {@code segment} is descriptor 5. */
  static PythonSandbox start(Launch launch, Path code, Path segment) throws IOException {
    String command = "exec \"$@\" 5<>\"$0\" 3<&0 4>&1 1>&2 </dev/null";
    return start(launch, code, List.of(command, segment.toString()));
  }

  private static PythonSandbox start(Launch launch, Path code, List<String> shell)
      throws IOException {
    List<String> argv = new ArrayList<>(List.of("/bin/sh", "-c"));
    argv.addAll(shell);
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
