package io.ringmaster.conformance.crash;

import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What a function is to be. Immutable; each call makes the next one.
 *
 * @param code marker in the package of {@code $LATEST}
 * @param versions published: the marker in each one's package
 * @param last number of the newest version that was ever published
 * @param changed whether {@code $LATEST} differs from the newest version
 * @param aliases versions by alias
 * @param reserved reserved concurrency, −1: none
 * @param retries of the event-invoke configuration, −1: none
 */
record Expected(
    String code,
    String description,
    Map<Integer, String> versions,
    int last,
    boolean changed,
    Map<String, Integer> aliases,
    Map<String, String> tags,
    Set<String> statements,
    int reserved,
    int retries)
    implements Seen {

  Expected {
    versions = Map.copyOf(new TreeMap<>(versions));
    aliases = Map.copyOf(new TreeMap<>(aliases));
    tags = Map.copyOf(new TreeMap<>(tags));
    statements = Set.copyOf(new TreeSet<>(statements));
  }

  static Expected created(String code, String description, Map<String, String> tags) {
    return new Expected(code, description, Map.of(), 0, true, Map.of(), tags, Set.of(), -1, -1);
  }

  Expected withCode(String value) {
    return new Expected(
        value, description, versions, last, true, aliases, tags, statements, reserved, retries);
  }

  Expected withDescription(String value) {
    return new Expected(
        code, value, versions, last, true, aliases, tags, statements, reserved, retries);
  }

  Expected published() {
    Map<Integer, String> all = new TreeMap<>(versions);
    all.put(last + 1, code);
    return new Expected(
        code, description, all, last + 1, false, aliases, tags, statements, reserved, retries);
  }

  Expected withVersions(Map<Integer, String> value) {
    return new Expected(
        code, description, value, last, changed, aliases, tags, statements, reserved, retries);
  }

  Expected withAliases(Map<String, Integer> value) {
    return new Expected(
        code, description, versions, last, changed, value, tags, statements, reserved, retries);
  }

  Expected withTags(Map<String, String> value) {
    return new Expected(
        code, description, versions, last, changed, aliases, value, statements, reserved, retries);
  }

  Expected withStatements(Set<String> value) {
    return new Expected(
        code, description, versions, last, changed, aliases, tags, value, reserved, retries);
  }

  Expected withReserved(int value) {
    return new Expected(
        code, description, versions, last, changed, aliases, tags, statements, value, retries);
  }

  Expected withRetries(int value) {
    return new Expected(
        code, description, versions, last, changed, aliases, tags, statements, reserved, value);
  }

  @Override
  public String seen() {
    return "code %s, description %s, versions %s, aliases %s, tags %s, statements %s, reserved %d, retries %d"
        .formatted(
            code,
            description,
            new TreeMap<>(versions),
            new TreeMap<>(aliases),
            new TreeMap<>(tags),
            new TreeSet<>(statements),
            reserved,
            retries);
  }
}
