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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/** Logs of a store. An answer has 10,000 lines and 1 MiB of text at most. Any thread. */
public final class StoredLogs implements Logs {
  static final int ANSWER_CHARS_MAX = 1 << 20;

  /** So many lines are looked at for one answer, so that a call takes a second or so at most. */
  private static final int LOOKED_AT_MAX = 500_000;

  private static final long[] LAST_MS = {
    TimeUnit.MINUTES.toMillis(1),
    TimeUnit.HOURS.toMillis(1),
    TimeUnit.DAYS.toMillis(1),
    TimeUnit.DAYS.toMillis(30),
    Long.MAX_VALUE
  };

  private final LogStore store;
  private final OwnedGroups names;
  private final LongSupplier epochClockMs;
  private final Followers followers = new Followers();

  /**
   * @param own the engine's own account and region
   * @param epochClockMs the present, as {@link System#currentTimeMillis()}
   */
  public StoredLogs(LogStore store, Owner own, LongSupplier epochClockMs) {
    this.store = store;
    this.names = new OwnedGroups(own);
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
    int lookedAt = 0;
    try {
      MergedLines lines = lines(query, stored, Math.max(query.fromMs(), after.epochMs()));
      while (lines.next() && lines.order().epochMs() < query.toMs()) {
        LineOrder order = lines.order();
        if (order.compareTo(after) <= 0) {
          continue;
        }
        String text = lines.text();
        if (pattern.matches(text)) {
          events.add(order.event(text));
          chars += text.length();
        }
        lookedAt++;
        if (events.size() >= query.limit()
            || chars >= ANSWER_CHARS_MAX
            || lookedAt >= LOOKED_AT_MAX) {
          return new LogPage(events, order.token());
        }
      }
    } catch (IOException e) {
      throw failure(e);
    }
    return new LogPage(events, null);
  }

  private MergedLines lines(LogQuery query, String stored, long fromMs) throws IOException {
    List<LogStore.Stream> streams = new ArrayList<>(store.streams(stored, fromMs));
    Set<String> named = new HashSet<>(query.streams());
    streams.removeIf(
        each -> each.firstMs() >= query.toMs() || !isAskedFor(query, named, each.name()));
    return new MergedLines(store, stored, streams, fromMs);
  }

  static boolean isAskedFor(LogQuery query, Set<String> named, String stream) {
    return (named.isEmpty() || named.contains(stream)) && stream.startsWith(query.streamPrefix());
  }

  @Override
  public List<LogEvent> last(LogQuery query) {
    FilterPattern pattern = FilterPattern.of(query.pattern());
    String stored = require(query.owner(), query.group());
    ArrayDeque<LogEvent> events = new ArrayDeque<>();
    long nowMs = Math.min(query.toMs(), epochClockMs.getAsLong());
    try {
      for (long backMs : LAST_MS) {
        events.clear();
        long fromMs = Math.max(query.fromMs(), backMs == Long.MAX_VALUE ? 0 : nowMs - backMs);
        long chars = 0;
        boolean cut = false;
        MergedLines lines = lines(query, stored, fromMs);
        while (lines.next() && lines.order().epochMs() < query.toMs()) {
          String text = lines.text();
          if (pattern.matches(text)) {
            events.add(lines.order().event(text));
            chars += text.length();
          }
          while (events.size() > query.limit() || chars > ANSWER_CHARS_MAX && events.size() > 1) {
            chars -= events.poll().message().length();
            cut = true;
          }
        }
        if (cut || events.size() >= query.limit() || fromMs <= query.fromMs()) {
          break;
        }
      }
    } catch (IOException e) {
      throw failure(e);
    }
    return List.copyOf(events);
  }

  // ---- followers ----

  @Override
  public LogFollow follow(LogQuery query, Runnable ready) {
    Follower follower =
        new Follower(store, query, names.stored(query.owner(), query.group()), followers, ready);
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
