package io.ringmaster.core.logs;

import io.ringmaster.api.EngineException;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.LogEvent;
import io.ringmaster.api.LogFollow;
import io.ringmaster.api.LogGroup;
import io.ringmaster.api.LogPage;
import io.ringmaster.api.LogQuery;
import io.ringmaster.api.LogStream;
import io.ringmaster.api.Logs;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.core.record.OwnedGroups;
import io.ringmaster.persistence.spi.LogStore;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.LongSupplier;

/**
 * Logs of a store. An answer has 10,000 lines and 1 MiB of text at most, and is what {@link Effort}
 * lets be looked at. Any thread.
 */
public final class StoredLogs implements Logs {
  static final int ANSWER_CHARS_MAX = 1 << 20;

  private final LogStore store;
  private final OwnedGroups names;
  private final LongSupplier clockNs;
  private final LongSupplier epochClockMs;
  private final Followers followers = new Followers();

  /**
   * @param own the engine's own account and region
   * @param clockNs the present, as {@link System#nanoTime()}
   * @param epochClockMs the present, as {@link System#currentTimeMillis()}
   */
  public StoredLogs(LogStore store, Owner own, LongSupplier clockNs, LongSupplier epochClockMs) {
    this.store = store;
    this.names = new OwnedGroups(own);
    this.clockNs = clockNs;
    this.epochClockMs = epochClockMs;
    store.listen(followers);
  }

  @Override
  public boolean stored() {
    return true;
  }

  @Override
  public List<LogGroup> groups(Owner owner) {
    List<LogGroup> groups = new ArrayList<>();
    for (LogStore.Group group : store.groups()) {
      String name = names.owned(owner, group.name());
      if (name != null) {
        groups.add(new LogGroup(name, group.createdMs(), group.retentionDays(), group.bytes()));
      }
    }
    return groups;
  }

  @Override
  public List<LogStream> streams(Owner owner, String group) {
    String stored = require(owner, group);
    try {
      return store.streams(stored, Long.MIN_VALUE).stream()
          .map(each -> new LogStream(each.name(), each.firstMs(), each.lastMs(), each.bytes()))
          .toList();
    } catch (IOException e) {
      throw failure(e);
    }
  }

  private String require(Owner owner, String group) {
    String stored = names.stored(owner, group);
    if (store.groups().stream().noneMatch(each -> each.name().equals(stored))) {
      throw absent();
    }
    return stored;
  }

  private static LambdaException absent() {
    return new LambdaException(Refusal.notFound("The specified log group does not exist."));
  }

  static EngineException failure(IOException e) {
    return new EngineException("the log store fails: " + e.getMessage(), e);
  }

  // ---- pages ----

  @Override
  public LogPage read(LogQuery query) {
    FilterPattern pattern = FilterPattern.of(query.pattern());
    LineOrder after = LineOrder.ofToken(query.after());
    String stored = require(query.owner(), query.group());
    List<LogEvent> events = new ArrayList<>();
    long chars = 0;
    try {
      MergedLines lines =
          lines(query, stored, Math.max(query.fromMs(), after.epochMs()), query.toMs());
      Effort effort = null;
      while (lines.next() && lines.order().epochMs() < query.toMs()) {
        LineOrder order = lines.order();
        if (order.compareTo(after) > 0) {
          // Only from here on, so that each page gets on.
          effort = effort == null ? new Effort(clockNs) : effort;
          String text = lines.text();
          if (pattern.matches(text)) {
            events.add(order.event(text));
            chars += text.length();
          }
          if (effort.spent(text) || events.size() >= query.limit() || chars >= ANSWER_CHARS_MAX) {
            return new LogPage(events, order.token());
          }
        }
      }
    } catch (IOException e) {
      throw failure(e);
    }
    return new LogPage(events, null);
  }

  private MergedLines lines(LogQuery query, String stored, long fromMs, long toMs)
      throws IOException {
    List<LogStore.Stream> streams = new ArrayList<>(store.streams(stored, fromMs));
    Set<String> named = new HashSet<>(query.streams());
    streams.removeIf(each -> each.firstMs() >= toMs || !isAskedFor(query, named, each.name()));
    return new MergedLines(store, stored, streams, fromMs);
  }

  static boolean isAskedFor(LogQuery query, Set<String> named, String stream) {
    return (named.isEmpty() || named.contains(stream)) && stream.startsWith(query.streamPrefix());
  }

  @Override
  public List<LogEvent> last(LogQuery query) {
    String stored = require(query.owner(), query.group());
    LastLines last =
        new LastLines((fromMs, toMs) -> lines(query, stored, fromMs, toMs), query, clockNs);
    try {
      return last.find(epochClockMs.getAsLong());
    } catch (IOException e) {
      throw failure(e);
    }
  }

  // ---- followers ----

  @Override
  public LogFollow follow(LogQuery query, Runnable ready) {
    Follower follower =
        new Follower(
            store, query, names.stored(query.owner(), query.group()), followers, clockNs, ready);
    if (!followers.add(follower)) {
      throw new LambdaException(Refusal.throttled("CallerRateLimitExceeded"));
    }
    return follower;
  }

  // ---- groups ----

  @Override
  public void retain(Owner owner, String group, int days) {
    try {
      if (!store.retain(names.stored(owner, group), days)) {
        throw absent();
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }

  @Override
  public void delete(Owner owner, String group) {
    try {
      if (!store.delete(names.stored(owner, group))) {
        throw absent();
      }
    } catch (IOException e) {
      throw failure(e);
    }
  }
}
