package io.ringmaster.core.registry;

import io.ringmaster.api.Owner;
import io.ringmaster.persistence.spi.StoredCode;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentNavigableMap;
import java.util.concurrent.ConcurrentSkipListMap;

/** The layers there are, in memory and in the store. Changed under the registry's lock only. */
final class LayerTable {
  private final Records records;
  private final CodeUsage usage;
  private final ConcurrentHashMap<Owner, ConcurrentNavigableMap<String, LayerState>> layers =
      new ConcurrentHashMap<>();

  LayerTable(Records records, CodeUsage usage) {
    this.records = records;
    this.usage = usage;
  }

  /** One that the store has already. */
  void restored(LayerState layer) {
    put(layer);
  }

  /** Null: there is none. Any thread. */
  LayerState get(Owner owner, String name) {
    return of(owner).get(name);
  }

  /** By name. Any thread; what is read changes meanwhile. */
  NavigableMap<String, LayerState> of(Owner owner) {
    ConcurrentNavigableMap<String, LayerState> found = layers.get(owner);
    return found == null ? Collections.emptyNavigableMap() : found;
  }

  /** Of all owners. */
  Collection<ConcurrentNavigableMap<String, LayerState>> all() {
    return layers.values();
  }

  private static List<StoredCode> packages(LayerState layer) {
    return layer.versions().values().stream().map(LayerState.Published::code).toList();
  }

  /** Makes this the layer's state. */
  void commit(LayerState after) {
    records.keep(LayerRecord.key(after.name()), LayerRecord.write(after));
    put(after);
  }

  private void put(LayerState layer) {
    LayerState before = get(layer.owner(), layer.name().name());
    usage.change(layer.owner(), before == null ? List.of() : packages(before), packages(layer));
    layers
        .computeIfAbsent(layer.owner(), owner -> new ConcurrentSkipListMap<>())
        .put(layer.name().name(), layer);
  }
}
