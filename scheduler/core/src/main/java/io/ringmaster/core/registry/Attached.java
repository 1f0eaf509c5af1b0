package io.ringmaster.core.registry;

import io.ringmaster.api.Statement;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;

/**
 * What a function has and the dispatcher need not know. Immutable; a change makes a new one.
 *
 * @param tags by key
 * @param policies statements by qualifier, never empty
 * @param documents JSON texts by kind, then by qualifier; no kind is empty
 */
record Attached(
    NavigableMap<String, String> tags,
    NavigableMap<String, List<Statement>> policies,
    NavigableMap<String, NavigableMap<String, String>> documents) {
  static final Attached NOTHING =
      new Attached(
          Collections.emptyNavigableMap(),
          Collections.emptyNavigableMap(),
          Collections.emptyNavigableMap());

  /** Makes the maps unmodifiable. */
  Attached {
    tags = Collections.unmodifiableNavigableMap(tags);
    policies = Collections.unmodifiableNavigableMap(policies);
    documents = Collections.unmodifiableNavigableMap(documents);
  }

  Attached withTags(Map<String, String> added) {
    NavigableMap<String, String> all = new TreeMap<>(tags);
    all.putAll(added);
    return new Attached(all, policies, documents);
  }

  Attached withoutTags(Collection<String> keys) {
    NavigableMap<String, String> all = new TreeMap<>(tags);
    keys.forEach(all::remove);
    return new Attached(all, policies, documents);
  }

  /** Empty: the qualifier has no policy. */
  List<Statement> policy(String qualifier) {
    return policies.getOrDefault(qualifier, List.of());
  }

  Attached withPolicy(String qualifier, List<Statement> statements) {
    NavigableMap<String, List<Statement>> all = new TreeMap<>(policies);
    if (statements.isEmpty()) {
      all.remove(qualifier);
    } else {
      all.put(qualifier, List.copyOf(statements));
    }
    return new Attached(tags, all, documents);
  }

  /** By qualifier. */
  Map<String, String> documentsOf(String kind) {
    return documents.getOrDefault(kind, Collections.emptyNavigableMap());
  }

  /** Null: it goes. */
  Attached withDocument(String kind, String qualifier, String json) {
    NavigableMap<String, String> ofKind = new TreeMap<>(documentsOf(kind));
    if (json == null) {
      ofKind.remove(qualifier);
    } else {
      ofKind.put(qualifier, json);
    }
    NavigableMap<String, NavigableMap<String, String>> all = new TreeMap<>(documents);
    if (ofKind.isEmpty()) {
      all.remove(kind);
    } else {
      all.put(kind, Collections.unmodifiableNavigableMap(ofKind));
    }
    return new Attached(tags, policies, all);
  }

  /** The same without what belongs to a version or alias that goes. */
  Attached without(String qualifier) {
    Attached left = withPolicy(qualifier, List.of());
    for (String kind : new ArrayList<>(documents.keySet())) {
      left = left.withDocument(kind, qualifier, null);
    }
    return left;
  }
}
