package io.ringmaster.core.registry;

import io.ringmaster.api.Alias;
import io.ringmaster.api.Owner;
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
 * @param attached what the dispatcher need not know
 */
record FunctionState(
    FunctionName.Parsed name,
    Version latest,
    NavigableMap<Integer, Version> published,
    int lastNumber,
    NavigableMap<String, Alias> aliases,
    int reserved,
    Attached attached) {

  static FunctionState created(FunctionName.Parsed name, Version latest, Map<String, String> tags) {
    return new FunctionState(
        name,
        latest,
        Collections.emptyNavigableMap(),
        0,
        Collections.emptyNavigableMap(),
        -1,
        Attached.NOTHING.withTags(tags));
  }

  Owner owner() {
    return name.owner();
  }

  FunctionState withLatest(Version version) {
    return new FunctionState(name, version, published, lastNumber, aliases, reserved, attached);
  }

  FunctionState withPublished(Version version) {
    int number = Integer.parseInt(version.label());
    return withVersions(with(published, number, version), Math.max(lastNumber, number));
  }

  FunctionState withoutPublished(int number) {
    return withVersions(without(published, number), lastNumber)
        .withAttached(attached.without(Integer.toString(number)));
  }

  private FunctionState withVersions(NavigableMap<Integer, Version> versions, int last) {
    return new FunctionState(name, latest, versions, last, aliases, reserved, attached);
  }

  FunctionState withAlias(Alias alias) {
    return withAliases(with(aliases, alias.name(), alias));
  }

  FunctionState withoutAlias(String alias) {
    return withAliases(without(aliases, alias)).withAttached(attached.without(alias));
  }

  private FunctionState withAliases(NavigableMap<String, Alias> all) {
    return new FunctionState(name, latest, published, lastNumber, all, reserved, attached);
  }

  FunctionState withReserved(int value) {
    return new FunctionState(name, latest, published, lastNumber, aliases, value, attached);
  }

  FunctionState withAttached(Attached value) {
    return new FunctionState(name, latest, published, lastNumber, aliases, reserved, value);
  }

  private static <K, V> NavigableMap<K, V> with(NavigableMap<K, V> map, K key, V value) {
    NavigableMap<K, V> all = new TreeMap<>(map);
    all.put(key, value);
    return Collections.unmodifiableNavigableMap(all);
  }

  private static <K, V> NavigableMap<K, V> without(NavigableMap<K, V> map, K key) {
    NavigableMap<K, V> all = new TreeMap<>(map);
    all.remove(key);
    return Collections.unmodifiableNavigableMap(all);
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

  /**
   * The revision of the function, or of one of its versions or aliases; null: there is none with
   * that qualifier.
   */
  String revision(String qualifier) {
    Alias alias = aliases.get(qualifier);
    Version version = alias == null ? version(qualifier) : null;
    return alias != null ? alias.revisionId() : version == null ? null : version.revisionId();
  }

  /** The same with another revision of a version or alias that is there. */
  FunctionState withRevision(String qualifier, String revision) {
    Alias alias = aliases.get(qualifier);
    if (alias != null) {
      return withAlias(
          new Alias(
              alias.arn(),
              alias.name(),
              alias.functionVersion(),
              alias.description(),
              alias.additionalVersionWeights(),
              revision));
    }
    Version changed = version(qualifier).withRevision(revision);
    return changed.latest() ? withLatest(changed) : withPublished(changed);
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
