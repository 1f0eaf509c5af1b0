package io.ringmaster.core.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.DeadLetter;
import io.ringmaster.core.event.ScriptedCall.Outcome;
import io.ringmaster.persistence.spi.Journal;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

class EventAgentTest {
  private static final String QUEUE = "arn:aws:sqs:us-east-1:123456789012:queue";
  private static final String FUNCTION = "arn:aws:lambda:us-east-1:123456789012:function:";
  private static final long HOUR_MS = TimeUnit.HOURS.toMillis(1);

  private final EventWorld world = new EventWorld();

  private static EventSettings told(String onSuccess, String onFailure) {
    return new EventSettings(2, 21_600_000, onSuccess, onFailure, null, false, false);
  }

  private static String text(byte[] bytes) {
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void aFunctionErrorIsTriedAgainAfterOneAndTwoMinutesWithTheSameId() {
    world.scripts.put("f", submitted -> Outcome.error());
    UUID id = world.accept("f");
    world.pass(HOUR_MS);
    assertEquals(List.of(0L, 60_000L, 180_000L), world.runs.get(id));
    assertEquals(1, world.functions().get(0).dropped());
  }

  @Test
  void theRecordIsAsAwsHasIt() {
    world.settings.put("f", told(null, QUEUE));
    world.scripts.put("f", submitted -> Outcome.error());
    UUID id = world.accept("f");
    world.pass(HOUR_MS);
    Courier.Parcel parcel = world.delivered.get(0);
    assertEquals(
        "{\"version\":\"1.0\",\"timestamp\":\"2023-11-14T22:16:20.000Z\",\"requestContext\":{"
            + "\"requestId\":\""
            + id
            + "\",\"functionArn\":\""
            + FUNCTION
            + "f:$LATEST\",\"condition\":\"RetriesExhausted\",\"approximateInvokeCount\":3},"
            + "\"requestPayload\":1,\"responseContext\":{\"statusCode\":200,\"executedVersion\":"
            + "\"$LATEST\",\"functionError\":\"Unhandled\"},\"responsePayload\":"
            + "{\"errorMessage\":\"on purpose\",\"errorType\":\"E\"}}",
        text(parcel.content()));
    assertEquals(QUEUE, parcel.destination());
  }

  @Test
  void anAnswerThatIsNoJsonIsATextInTheRecord() {
    world.settings.put("f", told(QUEUE, null));
    world.scripts.put("f", submitted -> Outcome.success("say \"hi\"\n"));
    world.accept("f");
    world.pass(1);
    String record = text(world.delivered.get(0).content());
    assertTrue(record.endsWith("\"responsePayload\":\"say \\\"hi\\\"\\u000a\"}"), record);
    assertTrue(JsonMembers.isJson(record.getBytes(StandardCharsets.UTF_8), record.length()));
  }

  @Test
  void aDeadLetterIsTheEventWithWhatWentWrong() {
    world.settings.put("f", new EventSettings(0, 60_000, null, null, QUEUE, false, false));
    world.scripts.put("f", submitted -> Outcome.error());
    UUID id = world.accept("f");
    world.pass(1);
    Courier.Parcel parcel = world.delivered.get(0);
    assertEquals(id, parcel.requestId());
    assertEquals("1", text(parcel.content()));
    assertEquals("200", parcel.errorCode());
    assertEquals("on purpose", parcel.errorMessage());
  }

  @Test
  void aDeadLettersMessageIsOneThatQueuesTake() {
    world.settings.put("f", new EventSettings(0, 60_000, null, null, QUEUE, false, false));
    String[] messages = {"", " ", "\\u001b[31mred\\u0000", "a\\ud83d", "\\ud83d\\ude00\\t!"};
    int[] runs = {0};
    world.scripts.put(
        "f", submitted -> error("{\"errorMessage\":\"" + messages[runs[0]++] + "\"}"));
    for (int i = 0; i < messages.length; i++) {
      world.accept("f");
    }
    world.pass(1);
    assertEquals(
        List.of("RetriesExhausted", "RetriesExhausted", "?[31mred?", "a?", "\ud83d\ude00\t!"),
        world.delivered.stream().map(Courier.Parcel::errorMessage).toList());
  }

  private static Outcome error(String answer) {
    return new Outcome(null, true, answer);
  }

  /** Nothing is lost, it is tried less and less often, and it is delivered when it is back. */
  @Test
  void aTargetThatIsDownForAnHour() {
    world.settings.put("f", told(QUEUE, null));
    world.targetDown = true;
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 500; i++) {
      ids.add(world.accept("f"));
    }
    world.pass(HOUR_MS);
    assertEquals(500, world.owed());
    long failures = world.functions().get(0).destinationDeliveryFailures();
    // At 0, 1, 3, 7, … 511 s, then every 5 min: 20 times each.
    assertEquals(500 * 20L, failures);
    world.targetDown = false;
    world.pass(Backoff.MAX_MS);
    assertEquals(0, world.owed());
    assertEquals(500, world.delivered.size());
    ids.forEach(id -> assertTrue(world.delivered.stream().anyMatch(p -> p.requestId().equals(id))));
    assertTrue(world.runs.values().stream().allMatch(runs -> runs.size() == 1));
  }

  @Test
  void whatCannotBeDeliveredForSixHoursIsADeadLetterOfTheEngine() {
    world.settings.put("f", told(QUEUE, null));
    world.targetDown = true;
    world.accept("f");
    world.pass(7 * HOUR_MS);
    world.journal.flush();
    assertEquals(0, world.owed());
    assertEquals(1, world.journal.status().dead());
  }

  @Test
  void aDestinationThatIsAFunctionGetsTheRecordAsItsEvent() {
    world.settings.put("f", told(FUNCTION + "g", null));
    List<String> got = new ArrayList<>();
    world.scripts.put(
        "g",
        submitted -> {
          got.add(text(submitted.payload()));
          return Outcome.success("null");
        });
    UUID id = world.accept("f");
    world.pass(1);
    assertEquals(1, got.size());
    assertEquals(id.toString(), JsonMembers.text(got.get(0), "requestContext", "requestId"));
    assertEquals("Success", JsonMembers.text(got.get(0), "requestContext", "condition"));
    assertEquals(0, world.owed());
  }

  @Test
  void noFunctionOfAnotherOwnerGetsTheRecordAndNoneTheDeadLetter() {
    String others = "arn:aws:lambda:us-east-1:999999999999:function:g";
    world.settings.put("f", told(others, null));
    world.settings.put("d", new EventSettings(0, 60_000, null, null, FUNCTION + "g", false, false));
    world.scripts.put("d", submitted -> Outcome.error());
    world.accept("f");
    world.accept("d");
    world.pass(7 * HOUR_MS);
    assertEquals(2, world.runs.size());
    assertEquals(0, world.owed());
    assertEquals(2, letters().size());
  }

  @Test
  void aFunctionThatIsItsOwnDestinationIsStopped() {
    world.settings.put("f", told(FUNCTION + "f", null));
    world.accept("f");
    world.pass(HOUR_MS);
    assertEquals(Lineage.LOOPS_MAX, world.runs.size());
    world.journal.flush();
    assertEquals(1, world.journal.status().dead());
  }

  @Test
  void nobodyGoesOnWhenAChainIsStopped() {
    world.settings.put("f", told(FUNCTION + "g", FUNCTION + "g"));
    world.settings.put("g", told(FUNCTION + "f", FUNCTION + "f"));
    world.accept("f");
    world.pass(HOUR_MS);
    assertEquals(2 * Lineage.LOOPS_MAX, world.runs.size());
    assertEquals(0, world.owed());
    assertEquals(1, letters().size());
  }

  @Test
  void aFunctionThatMayInvokeItselfIsNotStopped() {
    world.settings.put(
        "f", new EventSettings(2, 21_600_000, FUNCTION + "f", null, null, false, true));
    int[] runs = {0};
    world.scripts.put("f", submitted -> ++runs[0] < 100 ? Outcome.success("1") : Outcome.error());
    world.accept("f");
    world.pass(1);
    assertEquals(100, runs[0]);
  }

  @Test
  void aDestinationTheJournalCannotHoldEndsTheEventAndFreesItsPlace() {
    world.settings.put("f", told(QUEUE + "x".repeat(Journal.LANE_CHARS_MAX), null));
    for (int i = 0; i < 50; i++) {
      world.accept("f");
    }
    world.pass(1);
    assertEquals(50, world.runs.size());
    assertEquals(0, world.owed());
    assertEquals(50, letters().size());
    assertTrue(world.agent.idle());
  }

  @Test
  void anOutcomeThatCannotBeDealtWithEndsTheEventAndFreesItsPlace() {
    world.scripts.put("f", submitted -> Outcome.success(null)); // its answer cannot be read
    for (int i = 0; i < 50; i++) {
      world.accept("f");
    }
    world.pass(1);
    assertEquals(50, world.runs.size());
    assertEquals(0, world.owed());
    assertEquals(50, letters().size());
    assertTrue(world.agent.idle());
  }

  @Test
  void anEventThatCannotBeginIsADeadLetterWhenItIsTooOld() {
    world.scripts.put(
        "f",
        submitted -> {
          throw new AssertionError("on purpose");
        });
    world.accept("f");
    world.pass(HOUR_MS);
    assertEquals(1, world.owed());
    world.pass(6 * HOUR_MS);
    assertEquals(0, world.owed());
    assertEquals(1, letters().size());
  }

  /** A down journal: outcomes that need something durable wait, and nothing else does. */
  @Test
  void aJournalThatFailsHoldsUpWhatFollowsAndLosesNothing() {
    world.settings.put("f", told(QUEUE, null));
    world.accept("f");
    world.accept("g");
    world.journal.failing = true;
    world.pass(60_000);
    assertEquals(1, world.owed());
    assertTrue(world.delivered.isEmpty());
    world.journal.failing = false;
    world.pass(1_000);
    assertEquals(1, world.delivered.size());
    assertEquals(0, world.owed());
    assertTrue(world.runs.values().stream().allMatch(runs -> runs.size() == 1));
  }

  /** One whose every attempt hangs, with more events than may run at once. */
  @Test
  void oneFunctionsEventsHoldUpNoOthers() {
    world.scripts.put("hangs", submitted -> null);
    for (int i = 0; i < 1_000; i++) {
      world.accept("hangs");
    }
    UUID id = world.accept("g");
    world.pass(1);
    assertEquals(1, world.runs.get(id).size());
    assertEquals(1_000, world.owed());
  }

  @Test
  void redrivenDeadLettersBeginAnew() {
    boolean[] broken = {true};
    world.scripts.put("f", submitted -> broken[0] ? Outcome.error() : Outcome.success("1"));
    UUID id = world.accept("f");
    world.pass(HOUR_MS);
    List<Journal.DeadLetter> letters = letters();
    assertEquals(1, letters.size());
    broken[0] = false;
    assertTrue(world.agent.redrive(letters.get(0)));
    assertFalse(world.agent.redrive(letters.get(0)), "it is owed already");
    assertFalse(world.agent.purge(letters.get(0)), "it is owed");
    world.pass(1);
    world.journal.flush();
    assertEquals(4, world.runs.get(id).size());
    assertEquals(0, world.owed());
    assertTrue(letters().isEmpty());
  }

  @Test
  void purgedDeadLettersAreGone() {
    world.settings.put("f", new EventSettings(0, 60_000, null, null, null, true, false));
    world.accept("f");
    world.pass(1);
    assertTrue(world.agent.purge(letters().get(0)));
    assertTrue(letters().isEmpty());
  }

  @Test
  void theOldestDeadLettersGoWhenThereAreTooMany() {
    world.settings.put("f", new EventSettings(0, 60_000, null, null, null, true, false));
    UUID last = null;
    for (int i = 0; i < EventWorld.DEAD_LETTERS_MAX + 30; i++) {
      last = world.accept("f");
      world.pass(1);
      world.journal.flush();
    }
    List<Journal.DeadLetter> letters = letters();
    assertTrue(letters.size() <= EventWorld.DEAD_LETTERS_MAX + 1, letters::toString);
    assertTrue(letters.size() >= EventWorld.DEAD_LETTERS_MAX);
    assertEquals(last.getLeastSignificantBits(), letters.get(letters.size() - 1).idLow());
  }

  @Test
  void aFunctionsDeadLettersAreFoundBehindThoseOfOthers() {
    for (String function : List.of("f", "g")) {
      world.settings.put(function, new EventSettings(0, 60_000, null, null, null, true, false));
      for (int i = 0; i < 20; i++) {
        world.accept(function);
        world.pass(1);
      }
    }
    DeadLetterShelf shelf = new DeadLetterShelf(world.journal, world.agent);
    int count = 0;
    String after = null;
    do {
      DeadLetter.Part part = shelf.list(FUNCTION + "g", after, 8);
      assertTrue(part.letters().size() <= 8);
      assertFalse(part.letters().isEmpty());
      count += part.letters().size();
      after = part.next();
    } while (after != null);
    assertEquals(20, count);
  }

  @Test
  void deadLettersDoNotFillAMemory() {
    EventWorld small = new EventWorld(16_000);
    small.settings.put("f", new EventSettings(0, 60_000, null, null, null, true, false));
    for (int i = 0; i < EventWorld.DEAD_LETTERS_MAX; i++) {
      small.accept("f");
      small.pass(1);
      small.journal.flush();
      assertFalse(small.journal.nearlyFull(), "after " + i);
    }
    assertTrue(small.journal.status().dead() > 0);
    assertTrue(small.figures.totals().get("eventsForgotten") > 0);
  }

  @Test
  void aMemoryKeepsSomeForWhatFollows() {
    EventWorld small = new EventWorld(16_000);
    small.settings.put("f", told(QUEUE, null));
    while (!small.journal.nearlyFull()) {
      small.accept("f");
    }
    for (int i = 0; i < 50; i++) {
      small.pass(1_000);
      small.journal.flush();
    }
    assertEquals(0, small.owed());
  }

  /** Its answers are large, and nobody takes the records: others' events are taken, and run. */
  @Test
  void aFunctionWhoseRecordsFillTheJournalKeepsNobodyOut() {
    EventWorld small = new EventWorld(64_000_000);
    small.settings.put("f", told(QUEUE, null));
    small.scripts.put("f", submitted -> Outcome.success("\"" + "x".repeat(600_000) + "\""));
    small.targetDown = true;
    for (int i = 0; i < 100; i++) {
      small.accept("f");
    }
    small.pass(60_000);
    assertFalse(small.journal.nearlyFull());
    UUID id = small.accept("g");
    small.pass(1);
    assertEquals(1, small.runs.get(id).size());
    small.targetDown = false;
    small.pass(7 * HOUR_MS);
    assertEquals(0, small.owed());
    assertEquals(101, small.runs.size());
  }

  /** Its events are throttled, and it has its share: others' records wait, and come in the end. */
  @Test
  void aFunctionThatHasItsShareGetsNoRecordsUntilItHasLess() {
    EventWorld small = new EventWorld(1L << 30, 10);
    boolean[] throttled = {true};
    small.scripts.put("g", submitted -> throttled[0] ? Outcome.throttled() : Outcome.success("1"));
    for (int i = 0; i < 6; i++) {
      small.accept("g");
    }
    small.settings.put("f", told(FUNCTION + "g", null));
    small.accept("f");
    small.pass(HOUR_MS);
    assertEquals(7, small.owed());
    assertTrue(small.figures.totals().get("deliveriesFailed") > 5);
    throttled[0] = false;
    small.pass(HOUR_MS);
    assertEquals(0, small.owed());
    assertEquals(8, small.runs.size());
    assertTrue(small.agent.idle());
  }

  private List<Journal.DeadLetter> letters() {
    List<Journal.DeadLetter> all = new ArrayList<>();
    world.journal.deadLetters(0, 1_000, (letters, next) -> all.addAll(letters));
    return all;
  }

  /** A hundred thousand retries are waiting: in order of their times, in one table. */
  @Test
  void manyRetriesAreInTheOrderOfTheirTimes() {
    EventTable table = new EventTable();
    Lane lane = new Lane(FUNCTION + "f", 1);
    Random random = new Random(7);
    for (int i = 0; i < 100_000; i++) {
      table.delay(table.add(i, lane, 0, 0), random.nextInt(1_000_000));
    }
    long last = -1;
    for (int i = 0; i < 100_000; i++) {
      long dueMs = table.firstDueMs();
      assertTrue(dueMs >= last);
      last = dueMs;
      table.remove(table.pollDue());
    }
    assertEquals(Long.MAX_VALUE, table.firstDueMs());
    assertEquals(0, table.size());
  }
}
