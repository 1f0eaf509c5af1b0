package io.ringmaster.core.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.event.ScriptedCall.Outcome;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.UUID;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

/** The retry rules against a model of them, over random histories, crashes among them. */
class RetryModelTest {
  private static final String DESTINATION = "arn:aws:sqs:us-east-1:123456789012:told";
  private static final String DEAD_LETTERS = "arn:aws:sqs:us-east-1:123456789012:dead";
  private static final long DAY_MS = 86_400_000;

  /** S, E, T: what the attempts of an event come to, in turn; then it succeeds. */
  private record History(String outcomes, EventSettings settings) {}

  /** What is to come of it. */
  private record Expected(List<Long> runs, String condition) {}

  private static History history(Random random) {
    StringBuilder outcomes = new StringBuilder();
    int length = random.nextInt(40);
    for (int i = 0; i < length; i++) {
      outcomes.append("SEETTTTT".charAt(random.nextInt(i == 0 ? 8 : 1 + random.nextInt(8))));
    }
    boolean told = random.nextBoolean();
    return new History(
        outcomes.toString(),
        new EventSettings(
            random.nextInt(3),
            60_000L + random.nextInt(30) * 60_000L,
            random.nextBoolean() ? DESTINATION : null,
            told ? DESTINATION : null,
            random.nextBoolean() ? DEAD_LETTERS : null,
            random.nextInt(10) == 0,
            false));
  }

  /** The rules once more, as AWS tells them, for one event on its own that begins at 0. */
  private static Expected expected(History history) {
    EventSettings said = history.settings();
    List<Long> runs = new ArrayList<>();
    if (said.switchedOff()) {
      return new Expected(runs, "ZeroReservedConcurrency");
    }
    long time = 0;
    int errors = 0;
    long wait = 1_000;
    for (int i = 0; ; i++) {
      if (time >= said.ageMaxMs()) {
        return new Expected(runs, "EventAgeExceeded");
      }
      runs.add(time);
      char outcome = i < history.outcomes().length() ? history.outcomes().charAt(i) : 'S';
      if (outcome == 'S') {
        return new Expected(runs, "Success");
      }
      if (outcome == 'T') {
        time = Math.min(said.ageMaxMs(), time + wait);
        wait = Math.min(300_000, wait * 2);
        continue;
      }
      wait = 1_000;
      errors++;
      if (errors > said.retriesMax()) {
        return new Expected(runs, "RetriesExhausted");
      }
      time += errors * EventWorld.BASE_MS;
      if (time >= said.ageMaxMs()) {
        return new Expected(runs, "EventAgeExceeded");
      }
    }
  }

  private static Outcome outcome(Deque<Character> left) {
    Character next = left.poll();
    return next == null || next == 'S'
        ? Outcome.success("\"done\"")
        : next == 'E' ? Outcome.error() : Outcome.throttled();
  }

  private static Deque<Character> letters(String text) {
    Deque<Character> letters = new ArrayDeque<>();
    text.chars().forEach(each -> letters.add((char) each));
    return letters;
  }

  /** Each event in its own function, all at once: none is any other's business. */
  @Property(tries = 300)
  void everyEventGoesByTheRules(@ForAll Random random, @ForAll @IntRange(min = 1, max = 40) int n) {
    EventWorld world = new EventWorld();
    Map<String, History> histories = new HashMap<>();
    Map<String, UUID> ids = new HashMap<>();
    for (int i = 0; i < n; i++) {
      String function = "f" + i;
      History history = history(random);
      histories.put(function, history);
      world.settings.put(function, history.settings());
      Deque<Character> left = letters(history.outcomes());
      world.scripts.put(function, submitted -> outcome(left));
      ids.put(function, world.accept(function));
    }
    world.pass(DAY_MS);
    world.journal.flush();
    assertEquals(0, world.owed());
    assertEquals(0, world.journal.status().owed());
    long dead = 0;
    long parcels = 0;
    for (Map.Entry<String, History> each : histories.entrySet()) {
      Expected expected = expected(each.getValue());
      EventSettings said = each.getValue().settings();
      UUID id = ids.get(each.getKey());
      String shown = each.getValue() + " → " + expected;
      assertEquals(expected.runs(), world.runs.getOrDefault(id, List.of()), shown);
      boolean success = expected.condition().equals("Success");
      String record = success ? said.onSuccess() : said.onFailure();
      String queue = success ? null : said.deadLetterArn();
      if (record != null) {
        parcels++;
        assertEquals(1, told(world, id, expected.condition()), shown);
      }
      if (queue != null) {
        parcels++;
        assertEquals(1, told(world, id, null), shown);
      }
      dead += !success && record == null && queue == null ? 1 : 0;
    }
    assertEquals(parcels, world.delivered.size());
    assertEquals(dead, world.journal.status().dead());
  }

  private static long told(EventWorld world, UUID id, String condition) {
    return world.delivered.stream()
        .filter(parcel -> parcel.requestId().equals(id))
        .filter(
            parcel ->
                condition == null
                    ? parcel.condition() == null
                    : condition.equals(parcel.condition()))
        .count();
  }

  /**
   * Crashes at random moments, each of which forgets outcomes that were handed over last: nothing
   * is lost, and what runs more often than it should is what was forgotten.
   */
  @Property(tries = 200)
  void crashesLoseNothing(@ForAll Random random, @ForAll @IntRange(min = 1, max = 30) int n) {
    EventWorld world = new EventWorld();
    world.settings.put(
        "told", new EventSettings(2, 21_600_000, DESTINATION, DESTINATION, null, false, false));
    world.settings.put(
        "fails", new EventSettings(1, 21_600_000, null, DESTINATION, DEAD_LETTERS, false, false));
    world.scripts.put("fails", submitted -> Outcome.error());
    world.scripts.put("lost", submitted -> Outcome.error());
    Map<String, List<UUID>> accepted = new HashMap<>();
    int crashes = 0;
    for (int i = 0; i < n; i++) {
      switch (random.nextInt(6)) {
        case 0, 1 -> {
          String function = List.of("told", "fails", "lost", "plain").get(random.nextInt(4));
          accepted.computeIfAbsent(function, any -> new ArrayList<>()).add(world.accept(function));
        }
        case 2 -> world.pass(random.nextInt(200_000));
        case 3 -> world.targetDown = !world.targetDown;
        case 4 -> world.journal.flush();
        default -> {
          world.journal.crash(random.nextInt(4));
          world.restart();
          crashes++;
        }
      }
    }
    world.targetDown = false;
    world.pass(2 * DAY_MS);
    world.journal.flush();
    assertEquals(0, world.owed());
    assertEquals(0, world.journal.status().owed());
    accepted.forEach(
        (function, ids) ->
            ids.forEach(
                id -> {
                  assertTrue(world.runs.containsKey(id), function);
                  if (function.equals("told")) {
                    assertTrue(told(world, id, "Success") >= 1);
                  } else if (function.equals("fails")) {
                    assertTrue(told(world, id, "RetriesExhausted") >= 1);
                    assertTrue(told(world, id, null) >= 1);
                  }
                }));
    int lost = accepted.getOrDefault("lost", List.of()).size();
    assertEquals(lost, world.journal.status().dead());
    int wanted =
        accepted.getOrDefault("told", List.of()).size()
            + accepted.getOrDefault("plain", List.of()).size()
            + 2 * accepted.getOrDefault("fails", List.of()).size()
            + 3 * lost;
    int forgotten = world.journal.forgotten.values().stream().mapToInt(Integer::intValue).sum();
    int ran = world.runs.values().stream().mapToInt(List::size).sum();
    assertTrue(ran >= wanted, ran + " runs");
    assertTrue(ran <= wanted + 3 * forgotten, ran + " runs, " + wanted + " wanted, " + forgotten);
    assertTrue(crashes > 0 || ran == wanted, ran + " runs without a crash");
  }
}
