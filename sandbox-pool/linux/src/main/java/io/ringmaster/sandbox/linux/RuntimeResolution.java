package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.RuntimeMatch;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.linux.runtimes.Runtimes;
import java.lang.System.Logger.Level;

/** What serves a runtime identifier, and a line in the engine's log where it is not quite that. */
final class RuntimeResolution {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.sandbox");

  private RuntimeResolution() {}

  /** Blocks as {@link Runtimes#findFor} does. */
  static RuntimeMatch of(String runtime, RuntimeSettings settings) {
    RuntimeMatch match = Runtimes.findFor(runtime, settings);
    if (match.match().equals(RuntimeMatch.NEAREST)) {
      LOG.log(
          Level.WARNING,
          "runtime-match=nearest runtime={0} interpreter={1}: {2}",
          runtime,
          match.interpreter().executable(),
          match.reason());
    }
    return match;
  }
}
