package io.ringmaster.sandbox.linux;

import io.ringmaster.bootstraps.Launch;
import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.spi.SandboxSpec;
import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.SpawnCommand;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * What is started as an environment's own process: the function's {@code bootstrap}, or its
 * interpreter, behind the function's wrapper script where it names one. Immutable; any thread, but
 * looking for a bootstrap may block.
 *
 * @param start what it was made from
 * @param argv the program and its arguments
 */
record OwnProgram(OwnStart start, List<String> argv) {
  /** Error type of a program that cannot be started. */
  static final String INVALID_ENTRYPOINT = "Runtime.InvalidEntrypoint";

  /** What Lambda says where there is no bootstrap; its paths, not ours. */
  static final String NO_BOOTSTRAP =
      "Couldn't find valid bootstrap(s): [/var/task/bootstrap /opt/bootstrap]";

  private static final String BOOTSTRAP = "bootstrap";

  /** So a wrapper that is missing ends as on Lambda, with the shell's exit status 127. */
  private static final List<String> SHELL = List.of("/bin/sh", "-c", "exec \"$0\" \"$@\"");

  /** Null: the function brings none. */
  static OwnProgram of(OwnStart start, Path bootstraps) {
    SandboxSpec spec = start.template().spec();
    if (start.byRuntimeApi()) {
      Path program = bootstrap(spec);
      return program == null ? null : new OwnProgram(start, List.of(program.toString()));
    }
    Interpreter interpreter = start.interpreter();
    Launch launch =
        Launch.of(
            interpreter.family(),
            interpreter.executable(),
            interpreter.major(),
            interpreter.minor(),
            bootstraps,
            spec.memoryMb());
    List<String> argv = new ArrayList<>();
    String wrapper = start.template().wrapper();
    if (wrapper != null) {
      argv.addAll(SHELL);
      argv.add(wrapper(wrapper, spec));
    }
    argv.addAll(launch.argv());
    return new OwnProgram(start, argv);
  }

  private static Path bootstrap(SandboxSpec spec) {
    for (Path folder : new Path[] {spec.code(), spec.layers()}) {
      if (folder != null) {
        Path file = folder.resolve(BOOTSTRAP);
        if (Files.isRegularFile(file)) {
          return file;
        }
      }
    }
    return null;
  }

  /** Lambda's folders are elsewhere where sandboxes see the machine's files. */
  private static String wrapper(String path, SandboxSpec spec) {
    if (path.startsWith("/var/task/")) {
      return spec.code() + path.substring("/var/task".length());
    }
    if (path.startsWith("/opt/") && spec.layers() != null) {
      return spec.layers() + path.substring("/opt".length());
    }
    return path;
  }

  /**
   * The command for the keeper.
   *
   * @param process has its parts
   * @throws IllegalArgumentException for variables that no process can have
   */
  SpawnCommand command(SandboxProcess process) {
    EnvironmentKit kit = start.kit() == null ? process.kit : start.kit();
    String logStream = start.kit() == null ? process.logStream : start.logStream();
    Map<String, String> variables = start.template().variables(kit, logStream);
    if (process.session != null) {
      variables.put("AWS_LAMBDA_RUNTIME_API", process.session.address());
    }
    List<String> environment = new ArrayList<>(variables.size());
    variables.forEach((name, value) -> environment.add(name + '=' + value));
    return new SpawnCommand(start.template().spec().code().toString(), argv, environment);
  }

  /**
   * What Lambda says of a program that the kernel refused; null: that is not the function's doing.
   */
  static String fault(OwnStart start, int errno) {
    if (!start.byRuntimeApi()) {
      return null;
    }
    String reason =
        switch (errno) {
          case Errno.ENOEXEC -> "exec format error";
          case Errno.EACCES -> "permission denied";
          case Errno.ENOENT -> "no such file or directory";
          default -> null;
        };
    if (reason == null) {
      return null;
    }
    SandboxSpec spec = start.template().spec();
    boolean inPackage = Files.isRegularFile(spec.code().resolve(BOOTSTRAP));
    return "fork/exec " + (inPackage ? "/var/task/" : "/opt/") + BOOTSTRAP + ": " + reason;
  }
}
