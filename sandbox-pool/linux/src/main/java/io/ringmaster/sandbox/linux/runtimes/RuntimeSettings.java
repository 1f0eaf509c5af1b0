package io.ringmaster.sandbox.linux.runtimes;

import java.nio.file.Path;

/**
 * What the operator says about runtimes. Immutable.
 *
 * @param folder where interpreters of the operator's lie, each in {@code NAME/bin}; they are
 *     preferred to all others; null: nowhere
 * @param exactOnly an interpreter of another version than the one that an identifier names does not
 *     serve it
 */
public record RuntimeSettings(Path folder, boolean exactOnly) {
  /** Nothing is said. */
  public static final RuntimeSettings NONE = new RuntimeSettings(null, false);
}
