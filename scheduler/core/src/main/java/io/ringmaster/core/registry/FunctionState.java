package io.ringmaster.core.registry;

import io.ringmaster.api.Alias;
import io.ringmaster.core.resolve.AliasDefinition;
import io.ringmaster.core.resolve.FunctionDefinition;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.core.resolve.VersionDefinition;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * All of one function. Immutable; a change makes a new one.
 *
 * @param name its name, unqualified
 * @param latest {@code $LATEST}
 * @param published by number, ascending
 * @param lastNumber the last version number given out; 0: none
 * @param aliases by name
 * @param reserved reserved concurrency; −1: none
 */
record FunctionState(
    FunctionName.Parsed name,
    Version latest,
    NavigableMap<Integer, Version> published,
    int lastNumber,
    NavigableMap<String, Alias> aliases,
    int reserved) {

  static FunctionState created(FunctionName.Parsed name, Version latest) {
    return new FunctionState(
        name, latest, Collections.emptyNavigableMap(), 0, Collections.emptyNavigableMap(), -1);
  }

  FunctionState withLatest(Version version) {
    return new FunctionState(name, version, published, lastNumber, aliases, reserved);
  }

  FunctionState withPublished(int number, Version version) {
    NavigableMap<Integer, Version> all = new TreeMap<>(published);
    all.put(number, version);
    return new FunctionState(
        name, latest, Collections.unmodifiableNavigableMap(all), number, aliases, reserved);
  }

  FunctionState withoutPublished(int number) {
    NavigableMap<Integer, Version> all = new TreeMap<>(published);
    all.remove(number);
    return new FunctionState(
        name, latest, Collections.unmodifiableNavigableMap(all), lastNumber, aliases, reserved);
  }

  FunctionState withAlias(Alias alias) {
    NavigableMap<String, Alias> all = new TreeMap<>(aliases);
    all.put(alias.name(), alias);
    return new FunctionState(
        name, latest, published, lastNumber, Collections.unmodifiableNavigableMap(all), reserved);
  }

  FunctionState withoutAlias(String alias) {
    NavigableMap<String, Alias> all = new TreeMap<>(aliases);
    all.remove(alias);
    return new FunctionState(
        name, latest, published, lastNumber, Collections.unmodifiableNavigableMap(all), reserved);
  }

  FunctionState withReserved(int value) {
    return new FunctionState(name, latest, published, lastNumber, aliases, value);
  }

  /** The version with that label, or null. */
  Version version(String label) {
    if (label.equals(FunctionName.LATEST)) {
      return latest;
    }
    // Labels have no leading zeros and no more digits than an int.
    boolean number =
        label.length() <= 9
            && label.chars().allMatch(c -> c >= '0' && c <= '9')
            && !label.startsWith("0");
    return number && !label.isEmpty() ? published.get(Integer.parseInt(label)) : null;
  }

  /** {@code $LATEST} and the published versions, oldest first. */
  List<Version> versions() {
    List<Version> all = new ArrayList<>();
    all.add(latest);
    all.addAll(published.values());
    return all;
  }

  FunctionDefinition definition() {
    Map<String, VersionDefinition> versions = new LinkedHashMap<>();
    versions().forEach(version -> versions.put(version.label(), version.definition(name)));
    Map<String, AliasDefinition> meanings = new LinkedHashMap<>();
    aliases.values().forEach(alias -> meanings.put(alias.name(), definition(alias)));
    return new FunctionDefinition(
        name.account(),
        name.region(),
        name.name(),
        reserved,
        Map.of(),
        FunctionDefinition.SCALING_RATE,
        Collections.unmodifiableMap(versions),
        Collections.unmodifiableMap(meanings));
  }

  private static AliasDefinition definition(Alias alias) {
    for (Map.Entry<String, Double> second : alias.additionalVersionWeights().entrySet()) {
      return new AliasDefinition(
          alias.name(), alias.functionVersion(), second.getKey(), second.getValue());
    }
    return new AliasDefinition(alias.name(), alias.functionVersion(), null, 0.0);
  }
}
