package io.ringmaster.core.logs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.LambdaException;
import io.ringmaster.api.LogEvent;
import io.ringmaster.api.LogFollow;
import io.ringmaster.api.LogGroup;
import io.ringmaster.api.LogPage;
import io.ringmaster.api.LogQuery;
import io.ringmaster.api.Owner;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import org.junit.jupiter.api.Test;

class StoredLogsTest {
  private static final Owner OWN = new Owner("123456789012", "us-east-1");
  private static final Owner OTHER = new Owner("210987654321", "us-east-1");
  private static final String GROUP = "/aws/lambda/f";

  private final MemoryLogStore store = new MemoryLogStore();
  private long nowMs = 10_000_000;
  private final StoredLogs logs = new StoredLogs(store, OWN, this::clockNs, () -> nowMs);

  private long nanos;

  /** Of one look at the clock. */
  private long stepNs;

  private long clockNs() {
    return nanos += stepNs;
  }

  private static List<String> texts(List<LogEvent> events) {
    return events.stream().map(LogEvent::message).toList();
  }

  private static LogQuery query() {
    return LogQuery.of(OWN, GROUP);
  }

  @Property(tries = 300)
  void pagesTogetherAreAllLinesByTimeEachOnce(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 20) int limit) {
    MemoryLogStore filled = new MemoryLogStore();
    StoredLogs of = new StoredLogs(filled, OWN, () -> 0, () -> nowMs);
    Random random = new Random(seed);
    long[] times = new long[5];
    int lines = random.nextInt(60);
    filled.add(GROUP, "stream 0", 0, "0 -");
    for (int i = 0; i < lines; i++) {
      int stream = random.nextInt(times.length);
      times[stream] += random.nextInt(3);
      filled.add(GROUP, "stream " + stream, times[stream], times[stream] + " line " + i);
    }
    List<LogEvent> all = new ArrayList<>();
    String next = null;
    do {
      LogPage page = of.read(query().page(limit, next));
      assertTrue(page.events().size() <= limit);
      all.addAll(page.events());
      next = page.next();
    } while (next != null);
    assertEquals(lines + 1, all.size());
    Set<String> ids = new HashSet<>();
    for (int i = 0; i < all.size(); i++) {
      assertTrue(ids.add(all.get(i).id()));
      assertTrue(i == 0 || all.get(i - 1).epochMs() <= all.get(i).epochMs());
      assertTrue(all.get(i).message().startsWith(all.get(i).epochMs() + " "));
    }
  }

  @Test
  void linesAreThoseOfTimeStreamAndPattern() {
    store.add(GROUP, "a", 1000, "ERROR one");
    store.add(GROUP, "ab", 1001, "ERROR two");
    store.add(GROUP, "b", 1002, "fine");
    store.add(GROUP, "b", 1003, "ERROR three");
    assertEquals(
        List.of("ERROR one", "ERROR two", "fine", "ERROR three"),
        texts(logs.read(query()).events()));
    assertEquals(
        List.of("ERROR two", "fine"), texts(logs.read(query().between(1001, 1003)).events()));
    assertEquals(3, logs.read(query().matching("ERROR")).events().size());
    assertEquals(
        List.of("ERROR one", "ERROR two"),
        texts(logs.read(query().ofStreams(List.of(), "a")).events()));
    assertEquals(
        List.of("fine", "ERROR three"),
        texts(logs.read(query().ofStreams(List.of("b"), "")).events()));
    assertThrows(IllegalArgumentException.class, () -> logs.read(query().matching("{")));
    assertThrows(IllegalArgumentException.class, () -> logs.read(query().page(1, "!")));
    assertThrows(IllegalArgumentException.class, () -> logs.read(query().page(1, "QQ")));
    LogQuery absent = LogQuery.of(OWN, "/none");
    assertEquals(
        404, assertThrows(LambdaException.class, () -> logs.read(absent)).refusal().statusCode());
  }

  @Test
  void theLastLinesAreFoundHoweverOldTheyAre() {
    for (int i = 0; i < 100; i++) {
      store.add(GROUP, "s" + i % 3, 1000 + i, "line " + i);
    }
    nowMs = 1100;
    assertEquals(List.of("line 98", "line 99"), texts(logs.last(query().page(2, null))));
    nowMs = 400L * 86_400_000;
    assertEquals(List.of("line 98", "line 99"), texts(logs.last(query().page(2, null))));
    assertEquals(
        List.of("line 18", "line 19"), texts(logs.last(query().matching("\"e 1\"").page(2, null))));
    assertEquals(1, logs.last(query().between(1099, Long.MAX_VALUE)).size());
  }

  @Test
  void theLastLinesOfAGroupThatIsSlowToListAreTheLast() {
    for (int i = 0; i < 50; i++) {
      store.add(GROUP, "s" + i % 7, 1000 + i, "line " + i);
    }
    nowMs = 1060;
    store.onList(() -> nanos += 1_500_000_000L);
    List<String> last = texts(logs.last(query().page(20, null)));
    assertEquals("line 30", last.getFirst());
    assertEquals("line 49", last.getLast());
  }

  @Test
  void anAnswerIsBounded() {
    String line = "x".repeat(100_000);
    for (int i = 0; i < 30; i++) {
      store.add(GROUP, "s", 1000 + i, line);
    }
    LogPage page = logs.read(query());
    assertEquals(11, page.events().size());
    assertEquals(11, logs.read(query().page(10_000, page.next())).events().size());
    assertEquals(10, logs.last(query()).size());
  }

  @Test
  void whoFollowsGetsWhatWasAndWhatComesOnce() {
    store.add(GROUP, "a", 1000, "too old");
    store.add(GROUP, "a", 2000, "before");
    AtomicInteger told = new AtomicInteger();
    try (LogFollow follow =
        logs.follow(query().between(1500, Long.MAX_VALUE).matching("-no"), told::incrementAndGet)) {
      store.add(GROUP, "a", 2001, "at once");
      assertEquals(List.of("before", "at once"), texts(follow.poll(100)));
      assertEquals(List.of(), follow.poll(100));
      assertEquals(0, told.get());
      store.add("/aws/lambda/other", "a", 2002, "elsewhere");
      assertEquals(0, told.get());
      store.add(GROUP, "b", 2003, "no");
      store.add(GROUP, "b", 2004, "new");
      assertEquals(1, told.get(), "once, until it has asked");
      assertEquals(List.of("new"), texts(follow.poll(100)));
      assertEquals(List.of(), follow.poll(100));
      for (int i = 0; i < 1000; i++) {
        store.add(GROUP, "s" + i % 2, 3000 + i, "line " + i);
      }
      Set<String> seen = new HashSet<>();
      for (List<LogEvent> part = follow.poll(7); !part.isEmpty(); part = follow.poll(7)) {
        assertTrue(part.size() <= 7);
        part.forEach(each -> assertTrue(seen.add(each.message())));
      }
      assertEquals(1000, seen.size());
      assertEquals(2, told.get());
    }
    store.add(GROUP, "b", 9999, "nobody hears");
    assertEquals(2, told.get());
  }

  @Test
  void whoFollowsManyStreamsForgetsSomeAndMissesNothing() {
    Set<String> seen = new HashSet<>();
    try (LogFollow follow = logs.follow(query(), () -> {})) {
      for (int i = 0; i < 5000; i++) {
        store.add(GROUP, "stream " + i % 2500, 1000 + i, "line " + i);
        if (i % 100 == 99) {
          follow.poll(1000).forEach(each -> assertTrue(seen.add(each.message())));
        }
      }
      assertEquals(List.of(), follow.poll(10_000));
    }
    assertEquals(5000, seen.size());
  }

  @Test
  void anAnswerToAFollowerIsBounded() {
    for (int i = 0; i < 20; i++) {
      store.add(GROUP, "s" + i % 2, 1000 + i, i + " " + "x".repeat(250_000));
    }
    Set<String> seen = new HashSet<>();
    try (LogFollow follow = logs.follow(query(), () -> {})) {
      for (List<LogEvent> part = follow.poll(1000); !part.isEmpty(); part = follow.poll(1000)) {
        int chars = part.stream().mapToInt(each -> each.message().length()).sum();
        assertTrue(chars < Follower.CHARS_MAX + 260_000, "it has " + chars);
        texts(part).forEach(each -> assertTrue(seen.add(each)));
      }
    }
    assertEquals(20, seen.size());
  }

  @Test
  void whoFollowsAGroupOfManyStreamsMissesNoLineOfTheOthers() {
    int streams = Follower.WAITING_MAX + 1000;
    for (int i = 0; i < streams; i++) {
      store.add(GROUP, "stream " + i, 1000, "early line of " + i);
      store.add(GROUP, "stream " + i, 2_000_000 - i, "late line of " + i);
    }
    Set<String> seen = new HashSet<>();
    try (LogFollow follow = logs.follow(query(), () -> {})) {
      follow.poll(1000).forEach(each -> seen.add(each.message()));
      for (int i = 0; i < streams; i++) { // while nobody asks
        store.add(GROUP, "stream " + i, 2_000_000, "line of " + i + " that comes");
        store.add(GROUP, "new stream " + i, 1000, "line of new " + i);
      }
      for (List<LogEvent> part = follow.poll(1000); !part.isEmpty(); part = follow.poll(1000)) {
        part.forEach(each -> assertTrue(seen.add(each.message()), each.message()));
      }
    }
    assertEquals(4 * streams, seen.size());
  }

  @Test
  void aCallTakesItsTimeAndTheNextGoesOn() {
    for (int i = 0; i < 1000; i++) {
      store.add(GROUP, "s" + i % 7, 1000 + i, i % 100 == 50 ? "wanted " + i : "other " + i);
    }
    stepNs = 10_000_000;
    LogQuery wanted = query().matching("wanted");
    List<String> found = new ArrayList<>();
    int pages = 0;
    String next = null;
    do {
      LogPage page = logs.read(wanted.page(100, next));
      found.addAll(texts(page.events()));
      next = page.next();
      pages++;
    } while (next != null);
    assertEquals(10, found.size());
    assertTrue(pages >= 10, pages + " pages");

    long before = nanos;
    nowMs = 2000;
    stepNs = 1_000_000;
    assertEquals("wanted 950", texts(logs.last(wanted.page(2, null))).getLast());
    assertTrue(nanos - before < 2_000_000_000L, "it took " + (nanos - before));

    stepNs = 10_000_000;
    AtomicInteger told = new AtomicInteger();
    try (LogFollow follow = logs.follow(wanted, told::incrementAndGet)) {
      int polls = 0;
      for (int ready = 0; ready <= told.get(); ready++) {
        List<LogEvent> part;
        do {
          before = nanos;
          part = follow.poll(100);
          assertTrue(nanos - before < 2_000_000_000L, "it took " + (nanos - before));
          found.removeAll(texts(part));
          polls++;
        } while (!part.isEmpty());
      }
      assertTrue(polls >= 10, polls + " polls");
    }
    assertEquals(List.of(), found);
  }

  @Test
  void streamsThatAreReadTogetherAreReadAgainRatherThanHeld() {
    for (int i = 0; i < 1000; i++) {
      store.add(GROUP, "stream " + i % 200, i, "line " + i);
    }
    assertEquals(1000, logs.read(query()).events().size());
    assertTrue(store.opened > 800, store.opened + " were opened");
  }

  @Test
  void tooManyFollowersAreRefused() {
    List<LogFollow> all = new ArrayList<>();
    for (int i = 0; i < Followers.FOLLOWERS_MAX; i++) {
      all.add(logs.follow(query(), () -> {}));
    }
    assertThrows(LambdaException.class, () -> logs.follow(query(), () -> {}));
    all.get(0).close();
    all.set(0, logs.follow(query(), () -> {}));
    all.forEach(LogFollow::close);
  }

  @Test
  void ownersSeeTheirOwnGroups() {
    store.add(GROUP, "s", 1, "own");
    store.add("/210987654321/us-east-1/aws/lambda/f", "s", 1, "other's");
    assertEquals(List.of(GROUP), logs.groups(OWN).stream().map(LogGroup::name).toList());
    assertEquals(List.of(GROUP), logs.groups(OTHER).stream().map(LogGroup::name).toList());
    assertEquals(List.of("other's"), texts(logs.read(LogQuery.of(OTHER, GROUP)).events()));
    String tricky = "/210987654321/us-east-1/aws/lambda/f";
    assertThrows(LambdaException.class, () -> logs.read(LogQuery.of(OWN, tricky)));
    assertThrows(LambdaException.class, () -> logs.delete(OWN, tricky));
  }

  @Test
  void groupsAreKeptAndRemovedAsAsked() {
    store.add(GROUP, "s", 1, "x");
    logs.retain(OWN, GROUP, 14);
    assertEquals(14, logs.groups(OWN).get(0).retentionDays());
    assertEquals("s", logs.streams(OWN, GROUP).get(0).name());
    logs.delete(OWN, GROUP);
    assertThrows(LambdaException.class, () -> logs.retain(OWN, GROUP, 14));
    assertThrows(LambdaException.class, () -> logs.streams(OWN, GROUP));
    assertNull(logs.groups(OWN).stream().findFirst().orElse(null));
  }
}
