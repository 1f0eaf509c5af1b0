package io.ringmaster.conformance.powerloss;

import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/**
 * The driver: a process whose mounts are nobody else's. It ends when its rounds are done, or when
 * nobody listens to it any more.
 */
final class PowerCuts {
  /** Every so manyth round cuts stores of level process as well. */
  private static final int PROCESS_EVERY = 3;

  private final List<CutStore> synced = new ArrayList<>();
  private final List<CutStore> unsynced = new ArrayList<>();

  private PowerCuts() {}

  /**
   * @param words an empty folder; rounds; the seed
   */
  public static void main(String[] words) throws IOException, InterruptedException {
    PowerCuts cuts = new PowerCuts();
    int rounds = Integer.parseInt(words[1]);
    long seed = Long.parseLong(words[2]);
    boolean well = false;
    try {
      cuts.create(Path.of(words[0]));
      int run = 0;
      while (run < rounds && cuts.violations().isEmpty()) {
        cuts.round(run, seed + run);
        run++;
        if (System.out.checkError()) {
          return;
        }
        System.out.println("round " + run + ": " + cuts.result(run, seed));
      }
      new ObjectMapper()
          .writeValue(Path.of(words[0], "powerloss.json").toFile(), cuts.result(run, seed));
      well = cuts.violations().isEmpty();
    } finally {
      cuts.close();
    }
    System.exit(well ? 0 : 1);
  }

  private void create(Path folder) throws IOException {
    for (Store store : Store.values()) {
      synced.add(new CutStore(folder, store, true));
      if (store.hasLevels()) {
        unsynced.add(new CutStore(folder, store, false));
      }
    }
  }

  private List<CutStore> all() {
    List<CutStore> all = new ArrayList<>(synced);
    all.addAll(unsynced);
    return all;
  }

  private List<String> violations() {
    return all().stream().flatMap(store -> store.violations().stream()).toList();
  }

  /** All stores at once, each at a moment of its own. */
  private void round(int round, long seed) throws IOException, InterruptedException {
    SplittableRandom random = new SplittableRandom(seed);
    List<CutStore> stores = round % PROCESS_EVERY == PROCESS_EVERY - 1 ? all() : synced;
    try (ExecutorService threads = Executors.newFixedThreadPool(stores.size())) {
      List<Future<?>> running = new ArrayList<>();
      for (CutStore store : stores) {
        SplittableRandom own = random.split();
        running.add(
            threads.submit(
                () -> {
                  store.round(own);
                  return null;
                }));
      }
      for (Future<?> each : running) {
        each.get();
      }
    } catch (ExecutionException e) {
      throw new IOException(e.getCause());
    }
  }

  private Map<String, Object> result(int rounds, long seed) {
    Map<String, Object> result = new LinkedHashMap<>();
    result.put("schema", "ringmaster.powerloss/1");
    result.put("rounds", rounds);
    result.put("seeds", List.of(seed));
    result.put("passed", violations().isEmpty() ? rounds : rounds - 1);
    result.put("failed", violations().isEmpty() ? 0 : 1);
    result.put("missingAtDisk", synced.stream().mapToLong(CutStore::missing).sum());
    result.put("missingAtProcess", unsynced.stream().mapToLong(CutStore::missing).sum());
    all().forEach(store -> result.put(store.name(), store.figures()));
    result.put("violations", violations());
    return result;
  }

  private void close() throws IOException {
    for (CutStore store : all()) {
      store.close();
    }
  }
}
