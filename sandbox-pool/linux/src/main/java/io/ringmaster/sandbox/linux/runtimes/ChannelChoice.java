package io.ringmaster.sandbox.linux.runtimes;

import java.util.Set;

/** How frames reach sandbox processes: the operator's choice, and what each runtime can do. */
public enum ChannelChoice {
  /** What is best for each runtime. */
  AUTO,
  /** By pipes alone. */
  INLINE,
  /** By a segment of shared memory beside the pipes, for each runtime that can map one. */
  SEGMENT;

  /** Runtimes whose bootstrap maps what it is given. */
  private static final Set<String> MAPPING = Set.of("java", "python");

  /** Runtimes that are faster so. */
  private static final Set<String> FASTER = Set.of("java", "python");

  /** Whether processes of a runtime family share a segment with the engine. */
  public boolean segment(String family) {
    return switch (this) {
      case AUTO -> FASTER.contains(family);
      case INLINE -> false;
      case SEGMENT -> MAPPING.contains(family);
    };
  }
}
