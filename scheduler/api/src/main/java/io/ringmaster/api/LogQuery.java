package io.ringmaster.api;

import java.util.List;
import java.util.Objects;

/**
 * Which lines of a group.
 *
 * @param owner the group's account and region
 * @param group such as {@code /aws/lambda/NAME}
 * @param streams only those; empty: all
 * @param streamPrefix only streams whose names begin so; empty: all
 * @param fromMs only lines of then and later, in milliseconds since 1970
 * @param toMs only lines of before then
 * @param pattern only lines that match, in the syntax of CloudWatch Logs; empty: all
 * @param limit lines at most, 1 to 10,000
 * @param after {@link LogPage#next()} of the page before; null: the first ones
 */
public record LogQuery(
    Owner owner,
    String group,
    List<String> streams,
    String streamPrefix,
    long fromMs,
    long toMs,
    String pattern,
    int limit,
    String after) {
  /** Most lines of a page. */
  public static final int LIMIT_MAX = 10_000;

  /**
   * Copies the list.
   *
   * @throws IllegalArgumentException the limit is out of its range
   */
  public LogQuery {
    Objects.requireNonNull(owner, "owner");
    Objects.requireNonNull(group, "group");
    Objects.requireNonNull(streamPrefix, "streamPrefix");
    Objects.requireNonNull(pattern, "pattern");
    streams = List.copyOf(streams);
    if (limit < 1 || limit > LIMIT_MAX) {
      throw new IllegalArgumentException("limit is " + limit + "; it must be 1 to " + LIMIT_MAX);
    }
  }

  /** All lines of a group. */
  public static LogQuery of(Owner owner, String group) {
    return new LogQuery(owner, group, List.of(), "", 0, Long.MAX_VALUE, "", LIMIT_MAX, null);
  }

  /** The same of another time. */
  public LogQuery between(long newFromMs, long newToMs) {
    return new LogQuery(
        owner, group, streams, streamPrefix, newFromMs, newToMs, pattern, limit, after);
  }

  /** The same with another pattern. */
  public LogQuery matching(String newPattern) {
    return new LogQuery(
        owner, group, streams, streamPrefix, fromMs, toMs, newPattern, limit, after);
  }

  /** The same of some streams. */
  public LogQuery ofStreams(List<String> newStreams, String newPrefix) {
    return new LogQuery(owner, group, newStreams, newPrefix, fromMs, toMs, pattern, limit, after);
  }

  /** The same, so many after those of another page. */
  public LogQuery page(int newLimit, String newAfter) {
    return new LogQuery(
        owner, group, streams, streamPrefix, fromMs, toMs, pattern, newLimit, newAfter);
  }
}
