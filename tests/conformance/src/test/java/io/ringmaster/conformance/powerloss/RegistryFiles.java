package io.ringmaster.conformance.powerloss;

import io.ringmaster.persistence.files.FileRegistryStore;
import io.ringmaster.persistence.spi.RegistryStore.Change;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.LongStream;

/** Records of functions: each commit writes its number under several keys, and one of its own. */
final class RegistryFiles {
  private static final int KEYS = 5;
  private static final int OWN = 200;
  private static final String OWN_KEY = "own-";
  private static final int BYTES_MAX = 5_000;

  private RegistryFiles() {}

  static void write(Path folder, boolean synced, long first, Writer writer) throws IOException {
    try (FileRegistryStore store = FileRegistryStore.open(folder, synced)) {
      long[] own = new long[OWN];
      store.forEach(
          (key, value) -> {
            if (key.startsWith(OWN_KEY)) {
              own[Integer.parseInt(key.substring(OWN_KEY.length()))] = number(value);
            }
          });
      for (long number = first; ; number++) {
        int place = (int) (number % OWN);
        byte[] value = value(number);
        List<Change> changes = new ArrayList<>();
        for (int key = 0; key < KEYS; key++) {
          changes.add(new Change("shared-" + key, value));
        }
        changes.add(new Change(OWN_KEY + place, value));
        writer.tell(Writer.LEAVING, List.of(own[place]));
        store.commit(changes);
        own[place] = number;
        writer.tell(Writer.KEPT, List.of(number));
      }
    }
  }

  private static byte[] value(long number) {
    String padding = " ".repeat((int) (number * 7919 % BYTES_MAX));
    return (number + padding).getBytes(StandardCharsets.UTF_8);
  }

  private static long number(byte[] value) {
    return Long.parseLong(new String(value, StandardCharsets.UTF_8).strip());
  }

  static Set<Long> read(Path folder, boolean synced) throws IOException {
    Map<String, Long> found = new HashMap<>();
    try (FileRegistryStore store = FileRegistryStore.open(folder, synced)) {
      store.forEach((key, value) -> found.put(key, number(value)));
    }
    if (found.isEmpty()) {
      return Set.of();
    }
    long last = found.getOrDefault("shared-0", 0L);
    for (int key = 0; key < KEYS; key++) {
      if (found.getOrDefault("shared-" + key, 0L) != last) {
        throw new IOException("half of a commit is there: " + found);
      }
    }
    Set<Long> own = new HashSet<>();
    LongStream.range(0, OWN)
        .mapToObj(key -> found.get(OWN_KEY + key))
        .filter(Objects::nonNull)
        .forEach(own::add);
    if (!own.contains(last) || own.stream().anyMatch(each -> each > last)) {
      throw new IOException("half of a commit is there: " + found);
    }
    return own;
  }
}
