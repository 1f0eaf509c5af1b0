package io.ringmaster.core.event;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.event.Backlog.Answer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.Test;

class BacklogTest {
  private static final long MANY = 1L << 40;

  /** As many as it gets. */
  private static int fill(Backlog backlog, String function, int bodyBytes) {
    int taken = 0;
    while (backlog.take(function, bodyBytes) == Answer.TAKEN) {
      taken++;
    }
    return taken;
  }

  @Test
  void oneAloneComesToHalfAndLeavesTheOtherHalf() {
    Backlog backlog = new Backlog(1_000, MANY);
    assertEquals(501, fill(backlog, "greedy", 1));
    assertEquals(Answer.OVER_SHARE, backlog.take("greedy", 1));
    assertEquals(Answer.TAKEN, backlog.take("modest", 1));
  }

  @Test
  void howeverManyAreGreedyAnotherOneGetsAsMuchAsEachOfThem() {
    Backlog backlog = new Backlog(1_000, MANY);
    boolean more = true;
    while (more) { // they come in turn
      more = false;
      for (int i = 0; i < 9; i++) {
        more |= backlog.take("greedy" + i, 1) == Answer.TAKEN;
      }
    }
    for (int i = 0; i < 9; i++) {
      assertEquals(10, backlog.owed("greedy" + i) / 10);
    }
    assertTrue(fill(backlog, "late", 1) >= 45);
  }

  @Test
  void bytesAreSharedToo() {
    Backlog backlog = new Backlog(1_000_000, 1_000_000);
    assertEquals(51, fill(backlog, "large", 10_000));
    assertEquals(Answer.OVER_SHARE, backlog.take("large", 1));
    assertTrue(fill(backlog, "small", 10) > 10_000);
    assertEquals(Answer.FULL, new Backlog(10, 10).take("f", 11));
  }

  @Test
  void whatFollowsIsOwedWhateverThereIsRoomFor() {
    Backlog backlog = new Backlog(10, MANY);
    for (int i = 0; i < 30; i++) {
      backlog.add("f", 100);
    }
    assertEquals(30, backlog.owed());
    assertEquals(Answer.FULL, backlog.take("g", 1));
    for (int i = 0; i < 30; i++) {
      backlog.remove("f", 100);
    }
    assertEquals(0, backlog.owed());
    assertEquals(Answer.TAKEN, backlog.take("f", 1));
  }

  @Test
  void aRecordComesToAFunctionThatHasFewThoughOthersHaveAll() {
    Backlog backlog = new Backlog(128, MANY);
    for (int i = 0; i < 200; i++) {
      backlog.add("others", 1);
    }
    assertTrue(backlog.mayFollow("f"));
    backlog.add("f", 1);
    backlog.add("f", 1);
    assertTrue(backlog.mayFollow("f"));
    backlog.add("f", 1);
    assertFalse(backlog.mayFollow("f"));
  }

  @Test
  void aRecordComesThoughItsFunctionsClientsTakeAllTheyGet() {
    Backlog backlog = new Backlog(1_000, MANY);
    fill(backlog, "f", 1);
    assertTrue(backlog.mayFollow("f"));
  }

  @Test
  void aFunctionWhoseRecordsNobodyTakesLeavesNoMore() {
    Backlog backlog = new Backlog(1_000, 1_000_000);
    for (int i = 0; i < 5; i++) {
      assertTrue(backlog.mayLeaveRecords("f"));
      backlog.add(Lane.ofDelivery("queue", "f"), 100_000);
    }
    backlog.add(Lane.ofDelivery("queue", "f"), 100_000);
    assertFalse(backlog.mayLeaveRecords("f"));
    assertTrue(backlog.mayLeaveRecords("g"));
    assertEquals(Answer.TAKEN, backlog.take("g", 100_000));
  }

  /** Whoever has no more than one event gets in as long as a tenth of all is free. */
  @Property(tries = 200)
  void nobodyIsKeptOutByOthers(@ForAll Random random) {
    Backlog backlog = new Backlog(200, 20_000);
    List<String> owed = new ArrayList<>();
    long[] most = new long[5];
    for (int step = 0; step < 2_000; step++) {
      int who = random.nextInt(5);
      if (random.nextInt(3) > 0) {
        if (backlog.take("f" + who, 100) == Answer.TAKEN) {
          owed.add("f" + who);
        }
      } else if (!owed.isEmpty()) {
        backlog.remove(owed.remove(random.nextInt(owed.size())), 100);
      }
      most[who] = Math.max(most[who], backlog.owed("f" + who));
      assertEquals(owed.size(), backlog.owed());
      assertTrue(most[who] <= 101, "has " + most[who]);
      if (backlog.owed() <= 180) {
        assertEquals(Answer.TAKEN, backlog.take("new", 100));
        backlog.remove("new", 100);
      }
    }
  }
}
