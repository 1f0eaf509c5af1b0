package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.spi.Journal;
import io.ringmaster.persistence.spi.JournalProvider;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** The product's journal with cycles of some hundred events, which stops where a test wants it. */
public final class ShortCycles implements JournalProvider {
  private static final String FOLDER = "ringmaster.stops";

  private final JournalProvider product = new ChronicleJournalProvider();

  /** For the service loader. */
  public ShortCycles() {
    // nothing is open yet
  }

  /**
   * Makes a folder that, in front on the class path of a server, has it use this journal.
   *
   * @param folder where {@code stop-at} and {@code stopped} will be, too
   */
  public static void install(Path folder) throws IOException {
    Path services = Files.createDirectories(folder.resolve("META-INF/services"));
    Files.writeString(
        services.resolve(JournalProvider.class.getName()), ShortCycles.class.getName());
  }

  /** JVM flags of that server besides the class path. */
  public static List<String> flags(Path folder) {
    return List.of("-D" + FOLDER + '=' + folder);
  }

  @Override
  public List<String> jvmFlags() {
    return product.jvmFlags();
  }

  @Override
  public List<String> missingJvmFlags() {
    return product.missingJvmFlags();
  }

  @Override
  public Journal open(Path folder, boolean synced, long eventsMax) throws IOException {
    ChronicleSettings.set();
    JournalLimits limits = new JournalLimits(eventsMax, 1L << 30, 100_000, 1_000, Long.MAX_VALUE);
    Path stops = Path.of(System.getProperty(FOLDER));
    return ChronicleJournal.open(folder, synced, limits, new StoppingFiles(stops));
  }
}
