package io.ringmaster.conformance.crash;

import io.ringmaster.persistence.spi.Journal;
import io.ringmaster.persistence.spi.JournalProvider;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * What a journal holds that no server uses any more, by request ids.
 *
 * @param owed to be run
 * @param dead dead letters
 */
record StoredEvents(Set<String> owed, Set<String> dead) {
  private static final long EVENTS_MAX = 1_000_000;
  private static final int PART = 10_000;
  private static final long LIMIT_S = 60;

  static StoredEvents read(Path folder) throws IOException {
    StoredEvents found = new StoredEvents(new HashSet<>(), new HashSet<>());
    JournalProvider provider = ServiceLoader.load(JournalProvider.class).findFirst().orElseThrow();
    try (Journal journal = provider.open(folder, true, EVENTS_MAX)) {
      journal.recover((_, high, low, _, _, _, _, _) -> found.owed().add(id(high, low)));
      for (long cursor = 0; cursor >= 0; ) {
        CompletableFuture<Long> next = new CompletableFuture<>();
        journal.deadLetters(
            cursor,
            PART,
            (letters, following) -> {
              letters.forEach(each -> found.dead().add(id(each.idHigh(), each.idLow())));
              next.complete(following);
            });
        cursor = next.orTimeout(LIMIT_S, TimeUnit.SECONDS).join();
      }
    }
    return found;
  }

  private static String id(long high, long low) {
    return new UUID(high, low).toString();
  }
}
