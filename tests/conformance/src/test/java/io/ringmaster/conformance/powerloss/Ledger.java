package io.ringmaster.conformance.powerloss;

import java.util.HashSet;
import java.util.Set;

/** What a store's writers told. Guarded by itself. */
final class Ledger {
  /** What is there for certain, as nobody is taking it away. */
  private final Set<Long> there = new HashSet<>();

  private long told;

  /** A line of a writer. */
  synchronized void note(String line) {
    if (!line.endsWith(Writer.END)) {
      return; // cut off by the writer's end
    }
    String[] words = line.split(" ");
    for (int i = 1; i < words.length - 1; i++) {
      long id = Long.parseLong(words[i]);
      if (words[0].equals(Writer.KEPT)) {
        there.add(id);
        told++;
      } else {
        there.remove(id);
      }
    }
  }

  /** Acknowledgements, in all. */
  synchronized long told() {
    return told;
  }

  synchronized Set<Long> missing(Set<Long> found) {
    Set<Long> missing = new HashSet<>(there);
    missing.removeAll(found);
    return missing;
  }

  /** This is what counts from now on. */
  synchronized void restart(Set<Long> found) {
    there.clear();
    there.addAll(found);
  }
}
