package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.spi.Journal;
import io.ringmaster.persistence.spi.JournalProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/** Opens journals that are kept in cycles of Chronicle Queue. */
public final class ChronicleJournalProvider implements JournalProvider {
  private static final String RESOURCE = "jvm.flags";
  private static final String EXPORTS = "--add-exports=";
  private static final String OPENS = "--add-opens=";

  /** For the service loader. */
  public ChronicleJournalProvider() {
    // nothing is open yet
  }

  @Override
  public List<String> jvmFlags() {
    try (InputStream in = ChronicleJournalProvider.class.getResourceAsStream(RESOURCE)) {
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return List.of(text.strip().split(" +"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Without the one about warnings, which cannot be asked for and only keeps them away. */
  @Override
  public List<String> missingJvmFlags() {
    return jvmFlags().stream().filter(flag -> !isPresent(flag)).toList();
  }

  private static boolean isPresent(String flag) {
    Module ours = ChronicleJournalProvider.class.getModule();
    Module base = Object.class.getModule();
    if (flag.startsWith(EXPORTS)) {
      return base.isExported(packageOf(flag), ours);
    }
    return !flag.startsWith(OPENS) || base.isOpen(packageOf(flag), ours);
  }

  /** Of {@code --add-…=java.base/PACKAGE=ALL-UNNAMED}. */
  private static String packageOf(String flag) {
    return flag.substring(flag.indexOf('/') + 1, flag.lastIndexOf('='));
  }

  @Override
  public Journal open(Path folder, boolean synced, long eventsMax) throws IOException {
    List<String> missing = missingJvmFlags();
    if (!missing.isEmpty()) {
      throw new IOException("the journal needs JVM flags: " + String.join(" ", missing));
    }
    ChronicleSettings.set();
    return ChronicleJournal.open(folder, synced, JournalLimits.of(eventsMax), new JournalFiles());
  }
}
