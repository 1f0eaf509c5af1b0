package io.ringmaster.conformance.crash;

import java.util.Map;
import java.util.TreeMap;

/**
 * What the versions of a layer are to be. Immutable.
 *
 * @param hashes of the packages, by version
 * @param last number of the newest version that was ever published
 */
record LayerStack(Map<Long, String> hashes, long last) implements Seen {
  LayerStack {
    hashes = Map.copyOf(hashes);
  }

  LayerStack published(String hash) {
    Map<Long, String> all = new TreeMap<>(hashes);
    all.put(last + 1, hash);
    return new LayerStack(all, last + 1);
  }

  LayerStack without(long version) {
    Map<Long, String> all = new TreeMap<>(hashes);
    all.remove(version);
    return new LayerStack(all, last);
  }

  @Override
  public String seen() {
    return hashes.isEmpty() ? ABSENT : "layer " + new TreeMap<>(hashes);
  }
}
