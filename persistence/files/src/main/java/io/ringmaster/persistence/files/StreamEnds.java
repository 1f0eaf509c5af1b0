package io.ringmaster.persistence.files;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * How streams go on that are written again: in which part, and whether within a line. Of streams
 * whose files are there and have later parts, one number each; of all others bounded. Guarded by
 * the store's lock.
 */
final class StreamEnds {
  private static final int KEPT_MAX = 4096;

  /** Streams whose present part is not their first. */
  private final Map<Path, Integer> laterParts = new HashMap<>();

  /** Parts that were closed in the middle of a line, to be gone on with. */
  private final Set<Path> unfinished = new HashSet<>();

  // Where streams go on that were removed: those that were being written, and all others.
  private final LinkedHashMap<Path, Integer> removedWritten = new LinkedHashMap<>();
  private final LinkedHashMap<Path, Integer> removedOther = new LinkedHashMap<>();

  /** Streams whose next bytes end a line that was removed. */
  private final Set<Path> beheaded = new HashSet<>();

  /** A part is there, at the start or as a stream's newest. */
  void found(Path part) {
    int number = LogNames.number(part);
    if (number > 0) {
      laterParts.merge(LogNames.stream(part), number, Math::max);
    }
  }

  /** The part that a stream is written in from now on: one that is there, or was never there. */
  Path present(Path stream) {
    int next = takeRemoved(stream);
    if (next > 0) {
      laterParts.put(stream, next);
    }
    return LogNames.part(stream, laterParts.getOrDefault(stream, 0));
  }

  /** Where a stream goes on that was removed, which is forgotten; 0: it was not. */
  private int takeRemoved(Path stream) {
    Integer written = removedWritten.remove(stream);
    Integer other = removedOther.remove(stream);
    return written != null ? written : other != null ? other : 0;
  }

  /** A part is closed that may be opened again. */
  void closed(LogPart part) {
    if (!part.lineStart()) {
      if (unfinished.size() >= KEPT_MAX) {
        unfinished.clear(); // half a line of some of these is cut off
      }
      unfinished.add(part.path);
    }
  }

  /** Whether a part is gone on with in the middle of a line; asked once. */
  boolean isUnfinished(Path part) {
    return unfinished.remove(part);
  }

  /**
   * A part is removed, of several in any order. Its stream goes on in one that was never there, so
   * that who reads is not misled, and with a whole line.
   *
   * @param open whether the part was written
   * @param inLine whether in the middle of a line
   */
  void removed(Path part, boolean open, boolean inLine) {
    boolean half = unfinished.remove(part) || inLine;
    Path stream = LogNames.stream(part);
    int number = LogNames.number(part);
    if (number == laterParts.getOrDefault(stream, 0)) {
      laterParts.remove(stream);
      int next = Math.max(number + 1, takeRemoved(stream));
      LinkedHashMap<Path, Integer> kept = open || half || next > 1 ? removedWritten : removedOther;
      kept.put(stream, next);
      if (kept.size() > KEPT_MAX) {
        kept.pollFirstEntry();
      }
    }
    if (half) {
      if (beheaded.size() >= KEPT_MAX) {
        beheaded.clear();
      }
      beheaded.add(stream);
    }
  }

  /** Whether the begin of a line was removed whose end may come. */
  boolean isAnyBeheaded() {
    return !beheaded.isEmpty();
  }

  /** Bytes that belong to a line whose begin was removed. */
  int endOfRemoved(Path stream, byte[] source, int offset, int length) {
    if (!beheaded.contains(stream)) {
      return 0;
    }
    int end = LogPart.lineEnd(source, offset, length);
    if (end >= 0) {
      beheaded.remove(stream);
    }
    return end < 0 ? length : end;
  }

  /**
   * Nothing is remembered of streams that others removed, such as an operator.
   *
   * @param parts those that were there some time ago
   */
  void keep(List<LogFiles.Found> parts) {
    Set<Path> there =
        parts.stream().map(found -> LogNames.stream(found.path())).collect(Collectors.toSet());
    laterParts
        .entrySet()
        .removeIf(
            each ->
                !there.contains(each.getKey())
                    && !Files.exists(LogNames.part(each.getKey(), each.getValue())));
  }

  /** Numbers and names that are kept. */
  int size() {
    return laterParts.size()
        + unfinished.size()
        + removedWritten.size()
        + removedOther.size()
        + beheaded.size();
  }
}
