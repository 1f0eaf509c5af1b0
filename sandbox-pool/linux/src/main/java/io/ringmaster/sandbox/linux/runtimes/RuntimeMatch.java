package io.ringmaster.sandbox.linux.runtimes;

/**
 * The interpreter that serves a runtime identifier.
 *
 * @param runtime identifier, such as {@code python3.13}
 * @param interpreter null: there is none
 * @param match {@code exact}: of the very version that the identifier names; {@code nearest}: of
 *     another one; {@code none}
 * @param reason why it is not exact, in words for the operator and for whoever invokes the
 *     function; empty when it is
 */
public record RuntimeMatch(String runtime, Interpreter interpreter, String match, String reason) {
  /** Value of {@link #match}. */
  public static final String EXACT = "exact";

  /** Value of {@link #match}. */
  public static final String NEAREST = "nearest";

  /** Value of {@link #match}. */
  public static final String NONE = "none";

  /** Nothing serves it. */
  public static RuntimeMatch none(String runtime, String reason) {
    return new RuntimeMatch(runtime, null, NONE, reason);
  }
}
