package io.ringmaster.persistence.spi;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Opens journals: found by {@link java.util.ServiceLoader}, so that an engine without asynchronous
 * invocation needs neither what stores them nor its JVM flags. Any thread.
 */
public interface JournalProvider {

  /** JVM flags that its journals need, as they are written. */
  List<String> jvmFlags();

  /** Those that this JVM lacks. */
  List<String> missingJvmFlags();

  /**
   * Opens a journal; {@link Journal#recover} is to be called next.
   *
   * @param folder made if it is not there; in use by nobody else
   * @param synced whether what is accepted survives a power cut; if not, the end of the process
   * @param eventsMax most events that are owed or dead, 1 to 16,000,000
   * @throws IOException the folder cannot be used, or another process uses it
   */
  Journal open(Path folder, boolean synced, long eventsMax) throws IOException;
}
