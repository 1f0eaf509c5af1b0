package io.ringmaster.api;

import java.util.List;

/** The JVM lacks flags without which the engine cannot work. */
public final class MissingJvmFlagsException extends EngineException {
  private static final long serialVersionUID = 1L;

  private final transient List<String> flags;

  /** For the engine. */
  public MissingJvmFlagsException(List<String> flags) {
    super("start the JVM with: " + String.join(" ", flags));
    this.flags = List.copyOf(flags);
  }

  /** The missing flags, as they are written on the command line. */
  public List<String> flags() {
    return flags;
  }
}
