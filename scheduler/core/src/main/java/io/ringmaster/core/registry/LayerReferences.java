package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import io.ringmaster.api.Owner;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.persistence.spi.StoredCode;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** From the layers that a function is to have to what its versions hold of them. */
final class LayerReferences {
  private final Shared shared;

  LayerReferences(Shared shared) {
    this.shared = shared;
  }

  /**
   * The layers of a specification, with references for the caller.
   *
   * @param present what the function has: layer versions among it need not be there any more
   */
  LayerSet merge(Owner owner, FunctionSpec spec, LayerSet present) {
    List<LayerName.Parsed> names = names(owner, spec);
    List<LayerSet.Part> published;
    synchronized (shared.lock) {
      published = retained(names, present);
    }
    return put(spec, published);
  }

  /** The same for a change; null: {@code $LATEST} is not any more what was seen. */
  LayerSet mergeAnew(FunctionName.Parsed name, Version seen, FunctionSpec spec) {
    List<LayerName.Parsed> names = names(name.owner(), spec);
    List<LayerSet.Part> published;
    synchronized (shared.lock) {
      if (shared.require(name).latest() != seen) {
        return null;
      }
      published = retained(names, seen.content().layers());
    }
    return put(spec, published);
  }

  private LayerSet put(FunctionSpec spec, List<LayerSet.Part> published) {
    List<FunctionCode> inline = spec.layers() == null ? List.of() : spec.layers();
    return shared.packages.putLayers(inline, published);
  }

  private static List<LayerName.Parsed> names(Owner owner, FunctionSpec spec) {
    List<LayerName.Parsed> names = new ArrayList<>();
    Map<String, String> versionByLayer = new HashMap<>();
    for (String arn : spec.layerArns()) {
      LayerName.Parsed name = LayerName.reference(owner, arn);
      String other = versionByLayer.put(name.arn(), name.versionArn());
      if (other != null) {
        throw Refusals.invalid(
            "Two different versions of the same layer are not allowed to be referenced in the same"
                + " function. "
                + other
                + " and "
                + name.versionArn()
                + " are versions of the same layer.");
      }
      names.add(name);
    }
    return names;
  }

  /** Under the lock. */
  private List<LayerSet.Part> retained(List<LayerName.Parsed> names, LayerSet present) {
    List<LayerSet.Part> parts = new ArrayList<>();
    for (LayerName.Parsed name : names) {
      StoredCode code = present.code(name.versionArn());
      if (code == null) {
        code = published(name);
      }
      parts.add(new LayerSet.Part(name.versionArn(), code));
    }
    parts.forEach(part -> shared.packages.retain(part.code()));
    return parts;
  }

  private StoredCode published(LayerName.Parsed name) {
    LayerState layer = shared.layers.get(name.owner(), name.name());
    LayerState.Published version = layer == null ? null : layer.versions().get(name.version());
    if (version == null) {
      throw Refusals.invalid("Layer version " + name.versionArn() + " does not exist.");
    }
    return version.code();
  }
}
