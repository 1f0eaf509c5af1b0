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
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;
import org.agrona.collections.Long2LongHashMap;

/**
 * Reads on where it has been, in streams that have grown. What is not read yet lies in files: a
 * slow follower costs the names of 8,192 streams at most, and a number for each stream that is
 * there and was read. Streams that found no room among the names are looked for in the store.
 */
final class Follower implements LogFollow {
  /** Of one answer, which may have one line more: many followers may have one on their way. */
  static final int CHARS_MAX = 64 * 1024;

  /** Names of streams that wait to be read. */
  static final int WAITING_MAX = 4096;

  private static final int LINES_OF_ONE = 256;
  private static final int PLACES_MAX = 64 * 1024;

  private final LogStore store;
  private final LogQuery query;
  private final String group;
  private final Set<String> named;
  private final FilterPattern pattern;
  private final Followers followers;
  private final LongSupplier clockNs;
  private final Runnable ready;
  private final long fromMs;

  // Who polls.
  /** Where to go on in a stream, by a number for its name. */
  private Long2LongHashMap places = new Long2LongHashMap(LogCursor.BEGIN);

  private int placesMax = PLACES_MAX;

  /** All streams up to that name were found in the store. */
  private String listedTo = "";

  private boolean listed;

  // With the lock of grown.
  private final LinkedHashSet<String> grown = new LinkedHashSet<>();

  /** A stream has grown that is not among them. */
  private boolean missed;

  private boolean waits;
  private boolean closed;

  Follower(
      LogStore store,
      LogQuery query,
      String group,
      Followers followers,
      LongSupplier clockNs,
      Runnable ready) {
    this.store = store;
    this.query = query;
    this.group = group;
    this.named = new HashSet<>(query.streams());
    this.pattern = FilterPattern.of(query.pattern());
    this.followers = followers;
    this.clockNs = clockNs;
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
      if (closed) {
        return;
      }
      if (grown.size() < WAITING_MAX) {
        grown.add(stream);
      } else if (!grown.contains(stream)) {
        missed = true;
      }
      tell = waits;
      waits = false;
    }
    if (tell) {
      ready.run();
    }
  }

  @Override
  public List<LogEvent> poll(int max) {
    List<LogEvent> events = new ArrayList<>();
    Effort effort = new Effort(clockNs);
    try {
      String stream;
      long chars = 0;
      while (events.size() < max
          && chars < CHARS_MAX
          && !effort.spent()
          && (stream = takeGrown(events.isEmpty())) != null) {
        int linesMax = Math.min(LINES_OF_ONE, max - events.size());
        chars += read(stream, linesMax, CHARS_MAX - chars, effort, events);
      }
      if (events.isEmpty() && effort.spent()) {
        ready.run(); // there may be more
      }
    } catch (IOException e) {
      throw StoredLogs.failure(e);
    }
    events.sort(Comparator.comparingLong(LogEvent::epochMs));
    return events;
  }

  /**
   * A stream with more to read; null: there is none.
   *
   * @param wait whether the follower is to be told then
   */
  private String takeGrown(boolean wait) throws IOException {
    while (true) {
      synchronized (grown) {
        Iterator<String> first = grown.iterator();
        if (first.hasNext()) {
          String stream = first.next();
          first.remove();
          return stream;
        }
        if (listed) {
          if (!missed) {
            waits = wait;
            return null;
          }
          missed = false;
          listed = false;
          listedTo = "";
        }
      }
      list();
    }
  }

  /** What there was before anybody followed, and what was missed. */
  private void list() throws IOException {
    List<String> more =
        store.streams(group, fromMs).stream()
            .map(LogStore.Stream::name)
            .filter(
                name -> name.compareTo(listedTo) > 0 && StoredLogs.isAskedFor(query, named, name))
            .limit(WAITING_MAX)
            .toList();
    listed = more.size() < WAITING_MAX;
    listedTo = more.isEmpty() ? listedTo : more.get(more.size() - 1);
    synchronized (grown) {
      grown.addAll(more);
    }
  }

  /** Answers how many characters were found. */
  private long read(
      String stream, int linesMax, long charsMax, Effort effort, List<LogEvent> events)
      throws IOException {
    long number = number(stream);
    LogCursor cursor = store.open(group, stream, fromMs, places.get(number));
    long chars = 0;
    int lines = 0;
    boolean enough = false;
    boolean found = true;
    while (!enough && (found = cursor.next())) {
      String text = cursor.text();
      if (pattern.matches(text)) {
        events.add(new LineOrder(cursor.epochMs(), stream, cursor.position()).event(text));
        chars += text.length();
      }
      enough = ++lines >= linesMax || chars >= charsMax || effort.spent(text);
    }
    if (cursor.place() != LogCursor.BEGIN) {
      places.put(number, cursor.place());
      if (places.size() > placesMax) {
        forget();
      }
    }
    if (found) {
      synchronized (grown) {
        grown.add(stream);
      }
    }
    return chars;
  }

  /** Places in streams that are no more. */
  private void forget() throws IOException {
    Long2LongHashMap kept = new Long2LongHashMap(LogCursor.BEGIN);
    for (LogStore.Stream stream : store.streams(group, Long.MIN_VALUE)) {
      long number = number(stream.name());
      long place = places.get(number);
      if (place != LogCursor.BEGIN) {
        kept.put(number, place);
      }
    }
    places = kept;
    placesMax = Math.max(PLACES_MAX, 2 * kept.size());
  }

  /** Hardly ever the same for two names. */
  private static long number(String name) {
    long number = 0xcbf29ce484222325L;
    for (int i = 0; i < name.length(); i++) {
      number = (number ^ name.charAt(i)) * 0x100000001b3L;
    }
    return number;
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
