package io.ringmaster.api;

import java.util.List;
import java.util.Objects;

/**
 * What a layer version is to be, for {@link Layers#publish}. Values are checked by the engine, with
 * AWS's texts.
 *
 * @param name 1 to 140 of letters, digits, {@code -} and {@code _}; or the layer's ARN
 * @param description at most 256 characters; null: none
 * @param code its content, found by functions as {@code /opt}; not in-JVM code
 * @param compatibleRuntimes at most 15; kept and shown
 * @param compatibleArchitectures at most 2; kept and shown
 * @param licenseInfo at most 512 characters; null: none
 */
public record LayerSpec(
    String name,
    String description,
    FunctionCode code,
    List<String> compatibleRuntimes,
    List<String> compatibleArchitectures,
    String licenseInfo) {

  /** Validates, and copies the lists; null lists are empty. */
  public LayerSpec {
    Objects.requireNonNull(name, "name");
    compatibleRuntimes = compatibleRuntimes == null ? List.of() : List.copyOf(compatibleRuntimes);
    compatibleArchitectures =
        compatibleArchitectures == null ? List.of() : List.copyOf(compatibleArchitectures);
  }

  /** A layer with a content and nothing else said about it. */
  public static LayerSpec of(String name, FunctionCode code) {
    return new LayerSpec(name, null, code, List.of(), List.of(), null);
  }
}
