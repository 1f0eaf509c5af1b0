package io.ringmaster.core.logs;

import io.ringmaster.persistence.spi.LogCursor;
import io.ringmaster.persistence.spi.LogStore;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The lines of several streams in one order. A stream is opened when its turn comes: what is held
 * is where those are that were written at the same time, and the blocks of 64 of them; the others
 * are opened again where they are. One thread.
 */
final class MergedLines {
  private static final int CURSORS_MAX = 64;

  private final LogStore store;
  private final String group;
  private final long fromMs;
  private final ArrayDeque<LogStore.Stream> waiting;

  /** The next line of each stream. */
  private final PriorityQueue<LineOrder> heads = new PriorityQueue<>();

  /** Of streams; they stand at their next lines. */
  private final LinkedHashMap<String, LogCursor> cursors = new LinkedHashMap<>(16, 0.75f, true);

  private LineOrder present;
  private LogCursor cursor;

  /**
   * @param streams in any order
   * @param fromMs lines of then and later
   */
  MergedLines(LogStore store, String group, Collection<LogStore.Stream> streams, long fromMs) {
    this.store = store;
    this.group = group;
    this.fromMs = fromMs;
    List<LogStore.Stream> byTime =
        streams.stream().sorted(Comparator.comparingLong(LogStore.Stream::firstMs)).toList();
    waiting = new ArrayDeque<>(byTime);
  }

  /** Goes to the next line; false: there is none. */
  boolean next() throws IOException {
    if (present != null) {
      advance(present.stream(), cursor);
    }
    while (!waiting.isEmpty()
        && (heads.isEmpty() || waiting.peek().firstMs() <= heads.peek().epochMs())) {
      open(waiting.poll().name(), LogCursor.BEGIN);
    }
    while ((present = heads.poll()) != null) {
      cursor = cursors.get(present.stream());
      if (cursor != null) {
        return true;
      }
      open(present.stream(), present.position()); // the same line, unless it was removed
    }
    return false;
  }

  private void open(String stream, long place) throws IOException {
    LogCursor opened = store.open(group, stream, fromMs, place);
    cursors.put(stream, opened);
    if (cursors.size() > CURSORS_MAX) {
      cursors.pollFirstEntry();
    }
    advance(stream, opened);
  }

  private void advance(String stream, LogCursor of) throws IOException {
    if (of.next()) {
      heads.add(new LineOrder(of.epochMs(), stream, of.position()));
    } else {
      cursors.remove(stream);
    }
  }

  LineOrder order() {
    return present;
  }

  String text() {
    return cursor.text();
  }
}
