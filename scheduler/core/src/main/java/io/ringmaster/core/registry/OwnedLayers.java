package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.LayerSpec;
import io.ringmaster.api.LayerVersion;
import io.ringmaster.api.Layers;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Page;
import io.ringmaster.persistence.spi.StoredCode;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.NavigableMap;
import java.util.Objects;

/** The layers of one owner. Reads without the lock. */
final class OwnedLayers implements Layers {
  private static final int RUNTIMES_MAX = 15;
  private static final int ARCHITECTURES_MAX = 2;

  private final Shared shared;
  private final Owner owner;

  OwnedLayers(Shared shared, Owner owner) {
    this.shared = shared;
    this.owner = owner;
  }

  @Override
  public LayerVersion publish(LayerSpec spec) {
    LayerName.Parsed name = LayerName.layer(owner, spec.name());
    check(spec);
    StoredCode stored = shared.packages.put(spec.code());
    boolean kept = false;
    try {
      synchronized (shared.lock) {
        shared.requireStorage(owner, stored, null);
        LayerState present = shared.layers.get(owner, name.name());
        LayerState layer = present == null ? LayerState.unpublished(name) : present;
        LayerState.Published version =
            new LayerState.Published(
                layer.lastNumber() + 1,
                stored,
                Objects.requireNonNullElse(spec.description(), ""),
                shared.now(),
                spec.compatibleRuntimes(),
                spec.compatibleArchitectures(),
                spec.licenseInfo());
        shared.layers.commit(layer.with(version));
        kept = true;
        return layer.describe(version);
      }
    } finally {
      if (!kept) {
        shared.packages.release(stored);
      }
      shared.packages.collect();
    }
  }

  private static void check(LayerSpec spec) {
    Constraints constraints =
        new Constraints()
            .length("description", spec.description(), 0, 256)
            .length("licenseInfo", spec.licenseInfo(), 0, 512);
    atMost(constraints, "compatibleRuntimes", spec.compatibleRuntimes(), RUNTIMES_MAX);
    oneOf(constraints, "compatibleRuntimes", spec.compatibleRuntimes(), Runtimes.KNOWN);
    atMost(
        constraints, "compatibleArchitectures", spec.compatibleArchitectures(), ARCHITECTURES_MAX);
    oneOf(
        constraints,
        "compatibleArchitectures",
        spec.compatibleArchitectures(),
        Runtimes.ARCHITECTURES);
    constraints.check();
    if (spec.code() == null) {
      throw Refusals.invalid("Please provide a source for layer content.");
    }
    if (spec.code() instanceof FunctionCode.InJvm) {
      throw Refusals.invalid("In-JVM code cannot be a layer.");
    }
  }

  private static void atMost(Constraints constraints, String field, List<String> values, int max) {
    if (values.size() > max) {
      constraints.fails(field, values, "Member must have length less than or equal to " + max);
    }
  }

  private static void oneOf(
      Constraints constraints, String field, List<String> values, List<String> allowed) {
    if (!allowed.containsAll(values)) {
      constraints.fails(
          field,
          values,
          "Member must satisfy constraint: [Member must satisfy enum value set: "
              + allowed
              + ", Member must not be null]");
    }
  }

  @Override
  public LayerVersion get(String name, long version) {
    return get(LayerName.layer(owner, name), version);
  }

  @Override
  public LayerVersion getByArn(String layerVersionArn) {
    LayerName.Parsed name = LayerName.version(owner, layerVersionArn);
    return get(name, name.version());
  }

  private LayerVersion get(LayerName.Parsed name, long version) {
    LayerState.Published found = require(name, version);
    return shared.layers.get(owner, name.name()).describe(found);
  }

  private LayerState.Published require(LayerName.Parsed name, long version) {
    requireNumber(version);
    LayerState layer = shared.layers.get(owner, name.name());
    LayerState.Published found = layer == null ? null : layer.versions().get(version);
    if (found == null) {
      throw Refusals.resourceNotFound();
    }
    return found;
  }

  private static void requireNumber(long version) {
    if (version < 1) {
      throw Refusals.invalid("Layer Version Cannot be less than 1");
    }
  }

  @Override
  public Page<LayerVersion> list(String after, int max) {
    if (max < 1) {
      throw new IllegalArgumentException("max is " + max + "; it must be 1 or more");
    }
    NavigableMap<String, LayerState> all = shared.layers.of(owner);
    List<LayerVersion> items = new ArrayList<>();
    for (LayerState layer : (after == null ? all : all.tailMap(after, false)).values()) {
      var newest = layer.versions().lastEntry();
      if (newest != null && items.size() == max) {
        return new Page<>(items, true);
      }
      if (newest != null) {
        items.add(layer.describe(newest.getValue()));
      }
    }
    return new Page<>(items, false);
  }

  @Override
  public List<LayerVersion> listVersions(String name) {
    LayerState layer = shared.layers.get(owner, LayerName.layer(owner, name).name());
    return layer == null
        ? List.of()
        : layer.versions().descendingMap().values().stream().map(layer::describe).toList();
  }

  @Override
  public void delete(String name, long version) {
    LayerName.Parsed parsed = LayerName.layer(owner, name);
    requireNumber(version);
    synchronized (shared.lock) {
      LayerState layer = shared.layers.get(owner, parsed.name());
      LayerState.Published found = layer == null ? null : layer.versions().get(version);
      if (found != null) {
        shared.layers.commit(layer.without(version));
        shared.packages.release(found.code());
      }
    }
    shared.packages.collect();
  }

  @Override
  public InputStream openCode(String name, long version) {
    LayerName.Parsed parsed = LayerName.layer(owner, name);
    StoredCode code;
    synchronized (shared.lock) {
      code = require(parsed, version).code();
      shared.packages.retain(code);
    }
    try {
      return shared.packages.openZip(code);
    } finally {
      shared.packages.release(code);
    }
  }
}
