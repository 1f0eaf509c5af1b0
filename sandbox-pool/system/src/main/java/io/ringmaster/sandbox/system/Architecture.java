package io.ringmaster.sandbox.system;

/**
 * The machine's architecture, and the one structure layout that differs between the two that are
 * supported.
 */
public enum Architecture {
  X86_64(12, 4),
  ARM64(16, 8);

  /** That of this machine, or null where neither is; {@link Linux} says so when it is used. */
  public static final Architecture CURRENT = of(System.getProperty("os.arch"));

  /** Size of {@code struct epoll_event}, packed on x86_64 only. */
  public final int epollEventBytes;

  /** Offset of its 8 bytes of user data. */
  public final int epollDataOffset;

  Architecture(int epollEventBytes, int epollDataOffset) {
    this.epollEventBytes = epollEventBytes;
    this.epollDataOffset = epollDataOffset;
  }

  static Architecture of(String name) {
    return switch (name) {
      case "amd64", "x86_64" -> X86_64;
      case "aarch64", "arm64" -> ARM64;
      default -> null;
    };
  }
}
