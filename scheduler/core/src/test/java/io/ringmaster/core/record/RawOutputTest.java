package io.ringmaster.core.record;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.model.InvocationRecorder.InitStatus;
import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;
import org.junit.jupiter.api.Test;

/** Output without marks: whose it is goes by how much the process had written at each answer. */
class RawOutputTest {
  private final World world = new World();
  private final Sandbox sandbox = world.sandbox(7, World.version("hello", "$LATEST", "Text"));

  private static String lines(int number, String output) {
    String id = World.id(number);
    return "START RequestId: "
        + id
        + " Version: $LATEST\n"
        + output
        + "END RequestId: "
        + id
        + "\nREPORT RequestId: "
        + id
        + "\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36"
        + " MB\t\n";
  }

  /** The log agent comes to read when the next invocation runs already. */
  @Test
  void rawOutputBelongsToTheAnswerThatItPreceded() {
    PendingInvocation one = world.start(sandbox, true);
    world.write(7, "raw one\n", 0);
    world.looked(one, 7);
    world.settle(one, Outcome.SUCCESS, 0);
    PendingInvocation silent = world.start(sandbox, true);
    world.looked(silent, 7);
    world.settle(silent, Outcome.SUCCESS, 0);
    PendingInvocation three = world.start(sandbox, true);
    world.write(7, "raw three\n", 0);
    world.turn();
    world.looked(three, 7);
    world.settle(three, Outcome.SUCCESS, 0);
    world.turn();
    assertEquals(lines(1, "raw one\n"), one.logTail());
    assertEquals(lines(2, ""), silent.logTail());
    assertEquals(lines(3, "raw three\n"), three.logTail());
    assertEquals(one.logTail() + silent.logTail() + three.logTail(), world.log("hello"));
  }

  /** What several invocations wrote comes in one piece. */
  @Test
  void aPieceOfRawOutputIsDividedAmongItsInvocations() {
    PendingInvocation one = world.start(sandbox, true);
    one.responseBuffer().logPosition(4);
    world.settle(one, Outcome.SUCCESS, 0);
    PendingInvocation two = world.start(sandbox, true);
    two.responseBuffer().logPosition(10);
    world.settle(two, Outcome.SUCCESS, 0);
    PendingInvocation three = world.start(sandbox, true);
    world.write(7, "one\nt", 0);
    world.write(7, "wo 2\nthree\n", 0);
    world.looked(three, 7);
    world.settle(three, Outcome.SUCCESS, 0);
    world.turn();
    assertEquals(lines(1, "one\n"), one.logTail());
    assertEquals(lines(2, "two 2\n"), two.logTail());
    assertEquals(lines(3, "three\n"), three.logTail());
  }

  @Test
  void recordsAndRawOutputKeepTheirPlaces() {
    PendingInvocation one = world.start(sandbox, true);
    world.write(7, "record 1\n", 25);
    world.write(7, "raw 1\n", 25);
    world.looked(one, 7);
    world.settle(one, Outcome.SUCCESS, 25);
    PendingInvocation two = world.start(sandbox, true);
    world.write(7, "raw 2\n", 25);
    world.write(7, "record 2\n", 50);
    world.looked(two, 7);
    world.settle(two, Outcome.SUCCESS, 50);
    world.turn();
    assertEquals(lines(1, "record 1\nraw 1\n"), one.logTail());
    assertEquals(lines(2, "raw 2\nrecord 2\n"), two.logTail());
  }

  /** Of a process without records only the count of its bytes tells that it is another one. */
  @Test
  void rawOutputOfTheNextProcessIsNotThatOfTheLast() {
    PendingInvocation one = world.start(sandbox, true);
    world.write(7, "last words\n", 0);
    world.turn();
    world.settle(one, Outcome.FAILURE, 0);
    world.records.ended(sandbox);
    PendingInvocation two = world.start(sandbox, true);
    world.writeAnew(7, "first words\n");
    world.looked(two, 7);
    world.settle(two, Outcome.SUCCESS, 0);
    world.turn();
    assertTrue(one.logTail().contains("last words\n"), one.logTail());
    assertEquals(lines(2, "first words\n"), two.logTail());
  }

  /** The log agent comes to read when the first invocation has its answer already. */
  @Test
  void whatInitWroteComesBeforeTheFirstStart() {
    world.records.initStarted(sandbox, World.EPOCH_MS);
    world.write(7, "loading\n", 0);
    world.initPosition = 8;
    world.records.initEnded(sandbox, InitStatus.SUCCESS, null, null, 1, World.EPOCH_MS);
    PendingInvocation one = world.start(sandbox, true);
    world.write(7, "working\n", 0);
    world.looked(one, 7);
    world.settle(one, Outcome.SUCCESS, 0);
    PendingInvocation two = world.start(sandbox, true);
    world.turn();
    world.looked(two, 7);
    world.settle(two, Outcome.SUCCESS, 0);
    world.turn();
    assertEquals("loading\n" + lines(1, "working\n"), one.logTail());
    assertEquals(lines(2, ""), two.logTail());
  }

  /** Both in one piece. */
  @Test
  void aPieceIsDividedBetweenInitAndInvocation() {
    world.records.initStarted(sandbox, World.EPOCH_MS);
    world.initPosition = 3;
    world.records.initEnded(sandbox, InitStatus.SUCCESS, null, null, 1, World.EPOCH_MS);
    PendingInvocation one = world.start(sandbox, true);
    world.write(7, "in\nout\n", 0);
    world.looked(one, 7);
    world.settle(one, Outcome.SUCCESS, 0);
    world.turn();
    assertEquals("in\n" + lines(1, "out\n"), one.logTail());
  }
}
