package io.ringmaster.persistence.chronicle;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Reasons of dead events that are not durable yet, by the events' places. The appender's thread
 * only.
 */
final class LateReasons {
  /** 64 MiB of the longest: a storage that fails for hours must not fill the memory. */
  private static final int MAX = 1024;

  private final Map<Integer, byte[]> unwritten = new HashMap<>();
  private final Map<Integer, byte[]> unforced = new HashMap<>();

  /** Keeps a reason until it is written; there are too many: without it, the event has none. */
  void add(int place, byte[] reason) {
    if (unwritten.size() < MAX) {
      unwritten.put(place, reason);
    }
  }

  /** Null: it is written, or was not kept. */
  byte[] get(int place) {
    return unwritten.get(place);
  }

  /** Places with reasons to be written. */
  List<Integer> places() {
    return List.copyOf(unwritten.keySet());
  }

  void written(int place) {
    unforced.put(place, unwritten.remove(place));
  }

  void forget(int place) {
    unwritten.remove(place);
    unforced.remove(place);
  }

  /** Whether so many are not durable that they should be made so. */
  boolean areMany() {
    return unforced.size() >= MAX;
  }

  /** All that was written is durable. */
  void forced() {
    unforced.clear();
  }

  /** Nobody knows whether what was written is durable. */
  void failed() {
    unforced.forEach(unwritten::putIfAbsent); // what waits is newer
    unforced.clear();
  }
}
