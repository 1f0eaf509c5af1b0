package io.ringmaster.server.control;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.nio.file.Path;

/**
 * The socket's path, as long as it may be: a Unix socket's name has at most 107 bytes, so it is
 * named by way of a descriptor of its folder.
 */
final class ControlPath implements AutoCloseable {
  private static final String NAME = "control";

  private final Linux linux;
  private final int folder;

  ControlPath(Linux linux, Path data) {
    this.linux = linux;
    this.folder =
        (int) LinuxException.check("open " + data, linux.open(data.toString(), Linux.O_RDONLY));
  }

  static Path file(Path data) {
    return data.resolve(NAME);
  }

  String name() {
    return "/proc/self/fd/" + folder + "/" + NAME;
  }

  @Override
  public void close() {
    linux.close(folder);
  }
}
