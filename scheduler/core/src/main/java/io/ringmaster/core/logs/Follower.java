package io.ringmaster.core.logs;

import io.ringmaster.api.LogEvent;
import io.ringmaster.api.LogFollow;
import io.ringmaster.api.LogQuery;
import io.ringmaster.persistence.spi.LogCursor;
import io.ringmaster.persistence.spi.LogStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads on where it has been, in streams that have grown. What is not read yet lies in files: a
 * slow follower costs a set of names. At most 1,024 streams are remembered with their places; of
 * one that was forgotten, after all of it was read, lines of a later time come.
 */
final class Follower implements LogFollow {
  private static final int CURSORS_MAX = 1024;
  private static final int LINES_OF_ONE = 256;

  /** Of one answer. */
  private static final int LOOKED_AT_MAX = 100_000;

  private final LogStore store;
  private final LogQuery query;
  private final String group;
  private final Set<String> named;
  private final FilterPattern pattern;
  private final Followers followers;
  private final Runnable ready;

  // Who polls.
  private final LinkedHashMap<String, LogCursor> cursors = new LinkedHashMap<>(16, 0.75f, true);
  private long fromMs;
  private boolean begun;

  // With the lock of grown.
  private final LinkedHashSet<String> grown = new LinkedHashSet<>();
  private boolean waits;
  private boolean closed;

  Follower(LogStore store, LogQuery query, String group, Followers followers, Runnable ready) {
    this.store = store;
    this.query = query;
    this.group = group;
    this.named = new HashSet<>(query.streams());
    this.pattern = FilterPattern.of(query.pattern());
    this.followers = followers;
    this.ready = ready;
    this.fromMs = query.fromMs();
  }

  /** The thread that appends. */
  void appended(String ofGroup, String stream) {
    if (!ofGroup.equals(group) || !StoredLogs.isAskedFor(query, named, stream)) {
      return;
    }
    boolean tell;
    synchronized (grown) {
      grown.add(stream);
      tell = waits && !closed;
      waits = false;
    }
    if (tell) {
      ready.run();
    }
  }

  @Override
  public List<LogEvent> poll(int max) {
    List<LogEvent> events = new ArrayList<>();
    try {
      begin();
      String stream;
      long chars = 0;
      long lookedAt = 0;
      while (events.size() < max
          && lookedAt < LOOKED_AT_MAX
          && chars < StoredLogs.ANSWER_CHARS_MAX
          && (stream = takeGrown(events.isEmpty())) != null) {
        int before = events.size();
        lookedAt += read(stream, Math.min(LINES_OF_ONE, max - before), events);
        for (LogEvent each : events.subList(before, events.size())) {
          chars += each.message().length();
        }
      }
      if (lookedAt >= LOOKED_AT_MAX) {
        ready.run(); // whatever was found: there may be more
      }
    } catch (IOException e) {
      throw StoredLogs.failure(e);
    }
    events.sort(Comparator.comparingLong(LogEvent::epochMs));
    return events;
  }

  /** What there was before anybody followed. */
  private void begin() throws IOException {
    if (!begun) {
      begun = true;
      List<String> early =
          store.streams(group, fromMs).stream()
              .map(LogStore.Stream::name)
              .filter(name -> StoredLogs.isAskedFor(query, named, name))
              .toList();
      synchronized (grown) {
        grown.addAll(early);
      }
    }
  }

  /**
   * A stream with more to read; null: there is none.
   *
   * @param wait whether the follower is to be told then
   */
  private String takeGrown(boolean wait) {
    synchronized (grown) {
      Iterator<String> first = grown.iterator();
      if (!first.hasNext()) {
        waits = wait;
        return null;
      }
      String stream = first.next();
      first.remove();
      return stream;
    }
  }

  /** Answers how many lines were looked at. */
  private int read(String stream, int max, List<LogEvent> events) throws IOException {
    LogCursor cursor = cursors.get(stream);
    if (cursor == null) {
      cursor = store.open(group, stream, fromMs);
      cursors.put(stream, cursor);
    }
    int lines = 0;
    while (lines < max && cursor.next()) {
      String text = cursor.text();
      if (pattern.matches(text)) {
        events.add(new LineOrder(cursor.epochMs(), stream, cursor.position()).event(text));
      }
      lines++;
    }
    if (lines == max) {
      synchronized (grown) {
        grown.add(stream);
      }
    } else if (cursors.size() > CURSORS_MAX) {
      forgetEldest();
    }
    return lines;
  }

  /** Only one that was read to its end is forgotten. */
  private void forgetEldest() {
    synchronized (grown) {
      Iterator<Map.Entry<String, LogCursor>> all = cursors.entrySet().iterator();
      while (all.hasNext() && cursors.size() > CURSORS_MAX) {
        Map.Entry<String, LogCursor> eldest = all.next();
        if (!grown.contains(eldest.getKey())) {
          fromMs = Math.max(fromMs, eldest.getValue().epochMs() + 1);
          all.remove();
        }
      }
    }
  }

  @Override
  public void close() {
    followers.remove(this);
    synchronized (grown) {
      closed = true;
      grown.clear();
    }
  }
}
