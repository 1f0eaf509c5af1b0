package io.ringmaster.sandbox.system;

import java.util.List;

/**
 * How to start a sandbox that is a program of its own: the text of {@link Op#SPAWN}.
 *
 * @param folder where it starts, an absolute path without a NUL
 * @param argv the program, an absolute path, and its arguments; as in {@link ZygoteCommand}
 * @param environment {@code NAME=value} each: the complete environment; as in {@link ZygoteCommand}
 */
public record SpawnCommand(String folder, List<String> argv, List<String> environment) {
  public SpawnCommand {
    ZygoteCommand program = new ZygoteCommand(argv, environment);
    argv = program.argv();
    environment = program.environment();
    if (!folder.startsWith("/") || folder.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("a program starts in an absolute path: " + folder);
    }
  }

  /** The folder and a NUL, then as {@link ZygoteCommand#encode}. */
  public String encode() {
    return folder + '\0' + new ZygoteCommand(argv, environment).encode();
  }

  /**
   * The inverse of {@link #encode}; throws IllegalArgumentException where the text is not its
   * result.
   */
  public static SpawnCommand decode(String text) {
    int end = text.indexOf('\0');
    if (end < 0) {
      throw new IllegalArgumentException("not a spawn command");
    }
    ZygoteCommand program = ZygoteCommand.decode(text.substring(end + 1));
    return new SpawnCommand(text.substring(0, end), program.argv(), program.environment());
  }
}
