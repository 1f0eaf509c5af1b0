package io.ringmaster.core.logs;

import io.ringmaster.persistence.spi.LogCursor;
import io.ringmaster.persistence.spi.LogStore;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.PriorityQueue;

/**
 * The lines of several streams in one order. A stream is opened when its turn comes: what is held
 * are the blocks of those that were written at the same time. One thread.
 */
final class MergedLines {
  private record Head(LineOrder order, LogCursor cursor) {}

  private final LogStore store;
  private final String group;
  private final long fromMs;
  private final ArrayDeque<LogStore.Stream> waiting;
  private final PriorityQueue<Head> heads = new PriorityQueue<>(Comparator.comparing(Head::order));
  private Head present;

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
      advance(present.order.stream(), present.cursor);
    }
    while (!waiting.isEmpty()
        && (heads.isEmpty() || waiting.peek().firstMs() <= heads.peek().order.epochMs())) {
      String stream = waiting.poll().name();
      advance(stream, store.open(group, stream, fromMs));
    }
    present = heads.poll();
    return present != null;
  }

  private void advance(String stream, LogCursor cursor) throws IOException {
    if (cursor.next()) {
      heads.add(new Head(new LineOrder(cursor.epochMs(), stream, cursor.position()), cursor));
    }
  }

  LineOrder order() {
    return present.order;
  }

  String text() {
    return present.cursor.text();
  }
}
