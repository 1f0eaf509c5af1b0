package io.ringmaster.core.registry;

import io.ringmaster.api.LayerVersion;
import io.ringmaster.api.Owner;
import io.ringmaster.persistence.spi.StoredCode;
import java.time.Instant;
import java.util.Collections;
import java.util.List;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * All of one layer. Immutable; a change makes a new one. It stays, without versions, when its last
 * version is deleted: numbers are never given twice.
 *
 * @param name its name
 * @param versions by number, ascending
 * @param lastNumber the last number given out
 */
record LayerState(LayerName.Parsed name, NavigableMap<Long, Published> versions, long lastNumber) {

  /** One version. A reference to its package is held until it is deleted. */
  record Published(
      long number,
      StoredCode code,
      String description,
      Instant created,
      List<String> runtimes,
      List<String> architectures,
      String license) {}

  static LayerState unpublished(LayerName.Parsed name) {
    return new LayerState(name, Collections.emptyNavigableMap(), 0);
  }

  Owner owner() {
    return name.owner();
  }

  LayerState with(Published version) {
    NavigableMap<Long, Published> all = new TreeMap<>(versions);
    all.put(version.number(), version);
    return new LayerState(name, Collections.unmodifiableNavigableMap(all), version.number());
  }

  LayerState without(long number) {
    NavigableMap<Long, Published> all = new TreeMap<>(versions);
    all.remove(number);
    return new LayerState(name, Collections.unmodifiableNavigableMap(all), lastNumber);
  }

  LayerVersion describe(Published version) {
    return new LayerVersion(
        name.arn(),
        name.arn() + ":" + version.number(),
        version.number(),
        version.description(),
        version.created(),
        version.runtimes(),
        version.architectures(),
        version.license(),
        version.code().sha256(),
        version.code().sizeBytes());
  }
}
