package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.persistence.spi.StoredCode;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;

/**
 * The layers of one version.
 *
 * @param parts each layer by itself, in the order of merging
 * @param merged what they come to; null without layers
 */
record LayerSet(List<Part> parts, StoredCode merged) {
  static final LayerSet NONE = new LayerSet(List.of(), null);

  /**
   * One layer.
   *
   * @param arn the layer version's ARN; a reference to its package is held then, so that it can be
   *     merged anew after the layer version was deleted. Null: given inline, and no reference held
   * @param code its package
   */
  record Part(String arn, StoredCode code) {}

  /** What a sandbox sees of them; null without layers. */
  Path folder() {
    return merged == null ? null : merged.folder();
  }

  /** ARNs of the layers that have one. */
  List<String> arns() {
    return parts.stream().map(Part::arn).filter(Objects::nonNull).toList();
  }

  /** The package of a layer version that is among them; null: it is not. */
  StoredCode code(String arn) {
    for (Part part : parts) {
      if (arn.equals(part.arn())) {
        return part.code();
      }
    }
    return null;
  }

  List<FunctionConfiguration.Layer> configuration() {
    return parts.stream()
        .map(
            part ->
                new FunctionConfiguration.Layer(
                    part.arn(), part.code().sha256(), part.code().sizeBytes()))
        .toList();
  }
}
