package io.ringmaster.api;

import java.util.List;

/**
 * New code for {@code $LATEST}: see {@link Functions#updateCode(String, CodeUpdate)}.
 *
 * @param code the code
 * @param architectures one of {@code x86_64}, {@code arm64}; null: as it is
 * @param publish whether a version is published of it
 * @param dryRun whether everything is checked and answered, and nothing changed
 * @param revisionId the revision that {@code $LATEST} must have; null: any
 */
public record CodeUpdate(
    FunctionCode code,
    List<String> architectures,
    boolean publish,
    boolean dryRun,
    String revisionId) {

  /** Copies the list. */
  public CodeUpdate {
    architectures = architectures == null ? null : List.copyOf(architectures);
  }

  /** New code and nothing else. */
  public static CodeUpdate of(FunctionCode code) {
    return new CodeUpdate(code, null, false, false, null);
  }
}
