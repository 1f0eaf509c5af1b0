package io.ringmaster.persistence.files;

import io.ringmaster.persistence.spi.LogStore.Stream;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** The streams of a group. Any thread, without a lock. */
final class LogListing {
  /** So far the clock may go back without lines being hidden. */
  private static final long CLOCK_MS = TimeUnit.DAYS.toMillis(1);

  private LogListing() {}

  /** Those that were written then or later, by name. */
  static List<Stream> of(LogGroup group, long fromMs) throws IOException {
    TreeMap<String, Stream> streams = new TreeMap<>();
    try {
      for (LogFiles.Found found : LogFiles.below(group.folder).parts) {
        long lastMs = lastMs(found, fromMs);
        if (lastMs >= fromMs) {
          LogTimes.Begin begin = LogTimes.begin(found.path());
          if (group.has(found, begin)) {
            long firstMs = begin == null ? found.writtenMs() : begin.firstMs();
            String name = LogNames.name(group.folder, LogNames.stream(found.path()));
            Stream part = new Stream(name, firstMs, lastMs, found.size());
            streams.merge(name, part, LogListing::together);
          }
        }
      }
    } catch (NoSuchFileException e) {
      return List.of(); // the group was removed meanwhile
    }
    return List.copyOf(streams.values());
  }

  /**
   * When a part was written last. What the file says lags behind the clock by some milliseconds,
   * and lines keep their time when the clock goes back: near the time in question its table
   * decides.
   */
  private static long lastMs(LogFiles.Found found, long fromMs) throws IOException {
    long writtenMs = found.writtenMs();
    return writtenMs < fromMs && fromMs - writtenMs <= CLOCK_MS
        ? Math.max(writtenMs, LogTimes.lastMs(found.path()))
        : writtenMs;
  }

  private static Stream together(Stream one, Stream other) {
    return new Stream(
        one.name(),
        Math.min(one.firstMs(), other.firstMs()),
        Math.max(one.lastMs(), other.lastMs()),
        one.bytes() + other.bytes());
  }
}
