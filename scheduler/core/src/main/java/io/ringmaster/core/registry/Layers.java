package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.persistence.spi.StoredCode;
import java.nio.file.Path;
import java.util.List;

/**
 * The layers of one version.
 *
 * @param parts each layer by itself, in the order of merging; no references are held to them
 * @param merged what they come to; null without layers
 */
record Layers(List<StoredCode> parts, StoredCode merged) {
  static final Layers NONE = new Layers(List.of(), null);

  /** What a sandbox sees of them; null without layers. */
  Path folder() {
    return merged == null ? null : merged.folder();
  }

  List<FunctionConfiguration.Layer> configuration() {
    return parts.stream()
        .map(part -> new FunctionConfiguration.Layer(null, part.sha256(), part.sizeBytes()))
        .toList();
  }
}
