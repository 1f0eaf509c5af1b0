package io.ringmaster.core.logs;

import io.ringmaster.api.LogEvent;
import io.ringmaster.api.LogQuery;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Finds the last lines: in the last second, then in ever more time before it, or in less, where so
 * much was printed that it takes too long. One thread.
 */
final class LastLines {
  private static final long FIRST_MS = TimeUnit.SECONDS.toMillis(1);
  private static final long WIDTH_MAX_MS = 1L << 50;
  private static final int MORE = 32;
  private static final int LESS = 8;
  private static final int TRIES = 4;

  /** Lines of a time, up to another or later. */
  @FunctionalInterface
  interface Source {
    MergedLines of(long fromMs, long toMs) throws IOException;
  }

  private final Source source;
  private final LogQuery query;
  private final LongSupplier clockNs;
  private final FilterPattern pattern;
  private final Effort all;
  private final ArrayDeque<LogEvent> found = new ArrayDeque<>();
  private long foundChars;
  private boolean full;

  LastLines(Source source, LogQuery query, LongSupplier clockNs) {
    this.source = source;
    this.query = query;
    this.clockNs = clockNs;
    this.pattern = FilterPattern.of(query.pattern());
    this.all = new Effort(clockNs);
  }

  List<LogEvent> find(long nowMs) throws IOException {
    long beginMs = Math.max(0, query.fromMs());
    long toMs = query.toMs();
    long endMs = Math.min(toMs, nowMs);
    long widthMs = FIRST_MS;
    List<LogEvent> some = List.of();
    boolean narrower = true;
    while (toMs > beginMs && !full && (!all.spent() || found.isEmpty() && narrower)) {
      long fromMs = Math.max(beginMs, endMs - widthMs);
      ArrayDeque<LogEvent> events = new ArrayDeque<>();
      if (read(fromMs, toMs, events)) {
        while (!events.isEmpty()) {
          found.addFirst(events.pollLast());
        }
        toMs = fromMs;
        endMs = fromMs;
        widthMs = Math.min(WIDTH_MAX_MS, widthMs * MORE);
      } else {
        some = List.copyOf(events); // the first of a time in which there are too many
        narrower = endMs - fromMs > 1;
        widthMs = Math.max(1, Math.min(widthMs, endMs - fromMs) / LESS);
      }
    }
    return found.isEmpty() ? some : List.copyOf(found);
  }

  /**
   * Reads lines that precede those that were found, and keeps as many of the last ones as there is
   * room for.
   *
   * @return false: it takes too long
   */
  private boolean read(long fromMs, long toMs, ArrayDeque<LogEvent> events) throws IOException {
    int linesMax = query.limit() - found.size();
    long charsMax = StoredLogs.ANSWER_CHARS_MAX - foundChars;
    MergedLines lines = source.of(fromMs, toMs);
    Effort effort =
        null; // begins when all streams are open: that is no reason to read less of them
    long chars = 0;
    boolean cut = false;
    while (lines.next() && lines.order().epochMs() < toMs) {
      effort = effort == null ? new Effort(clockNs, TRIES) : effort;
      String text = lines.text();
      if (pattern.matches(text)) {
        events.add(lines.order().event(text));
        chars += text.length();
      }
      int leastLines = found.isEmpty() ? 1 : 0; // whatever they have
      while (events.size() > linesMax || chars > charsMax && events.size() > leastLines) {
        chars -= events.poll().message().length();
        cut = true;
      }
      if (effort.spent(text)) {
        return false;
      }
    }
    full = cut || events.size() >= linesMax;
    foundChars += chars;
    return true;
  }
}
