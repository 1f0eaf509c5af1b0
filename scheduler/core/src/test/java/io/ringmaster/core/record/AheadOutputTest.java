package io.ringmaster.core.record;

import static io.ringmaster.core.record.World.id;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.core.model.InvocationRecorder.Outcome;
import io.ringmaster.core.model.PendingInvocation;
import io.ringmaster.core.model.Sandbox;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

/** A process runs what lay behind another one before the dispatcher has seen that one's answer. */
class AheadOutputTest {
  private static final String REPORT =
      "\tDuration: 3.01 ms\tBilled Duration: 4 ms\tMemory Size: 128 MB\tMax Memory Used: 36 MB\t";

  private final World world = new World();
  private final Sandbox sandbox = world.sandbox(7, World.version("hello", "$LATEST", "Text"));

  private static String start(int number) {
    return "START RequestId: " + id(number) + " Version: $LATEST\n";
  }

  private static String end(int number) {
    return "END RequestId: " + id(number) + "\nREPORT RequestId: " + id(number) + REPORT + "\n";
  }

  private static String tail(PendingInvocation invocation) {
    return new String(invocation.tail, StandardCharsets.UTF_8);
  }

  @Test
  void whatTheNextOneWritesIsNotTheRunningOnes() {
    PendingInvocation first = world.start(sandbox, true);
    sandbox.aheadRelease(true);
    world.write(7, "first\n", 22);
    world.write(7, "second\n", 45);
    world.turn();
    world.settle(first, Outcome.SUCCESS, 22);
    PendingInvocation second = world.start(sandbox, true);
    sandbox.aheadRelease(false);
    world.turn();
    world.settle(second, Outcome.SUCCESS, 45);
    world.turn();
    assertEquals(
        start(1) + "first\n" + end(1) + start(2) + "second\n" + end(2), world.log("hello"));
    assertTrue(tail(first).contains("first\n"), tail(first));
    assertTrue(!tail(first).contains("second"), tail(first));
    assertTrue(tail(second).contains("second\n"), tail(second));
  }

  @Test
  void rawOutputGoesByItsPosition() {
    PendingInvocation first = world.start(sandbox, false);
    sandbox.aheadRelease(true);
    world.write(7, "first\n", 0);
    world.looked(first, 7);
    world.write(7, "second\n", 0);
    world.turn();
    world.settle(first, Outcome.SUCCESS, 0);
    PendingInvocation second = world.start(sandbox, false);
    sandbox.aheadRelease(false);
    world.turn();
    world.looked(second, 7);
    world.settle(second, Outcome.SUCCESS, 0);
    assertEquals(
        start(1) + "first\n" + end(1) + start(2) + "second\n" + end(2), world.log("hello"));
  }

  @Test
  void aLongLineOfThemIsToldApart() {
    PendingInvocation running = world.start(sandbox, false);
    StringBuilder expected = new StringBuilder(start(1));
    long mark = 0;
    for (int i = 1; i <= 20; i++) {
      sandbox.aheadRelease(true);
      mark += 24;
      String text = String.format("line %2d\n", i);
      world.write(7, text, mark);
      world.write(7, String.format("line %2d\n", i + 1), mark + 24);
      world.turn();
      world.settle(running, Outcome.SUCCESS, mark);
      expected.append(text).append(end(i)).append(start(i + 1));
      running = world.start(sandbox, false);
      mark += 24;
      expected.append(String.format("line %2d\n", i + 1));
    }
    sandbox.aheadRelease(false);
    world.settle(running, Outcome.SUCCESS, mark);
    expected.append(end(21));
    assertEquals(expected.toString(), world.log("hello"));
  }

  @Test
  void whereTheNextOneIsTakenBackItIsTheRunningOnes() {
    PendingInvocation first = world.start(sandbox, false);
    sandbox.aheadRelease(true);
    world.write(7, "first\n", 22);
    world.turn();
    sandbox.aheadRelease(false);
    world.turn();
    assertEquals(start(1) + "first\n", world.log("hello"));
    world.settle(first, Outcome.SUCCESS, 22);
    assertEquals(start(1) + "first\n" + end(1), world.log("hello"));
  }

  @Test
  void noMoreIsHeldThanSome() {
    world.start(sandbox, false);
    sandbox.aheadRelease(true);
    String line = "x".repeat(1000) + "\n";
    for (int i = 1; i <= 100; i++) {
      world.write(7, line, i * 1017L);
    }
    world.turn();
    assertTrue(world.log("hello").contains(line), "it is the running one's then");
  }

  @Test
  void theEndOfTheProcessLeavesNothingBehind() {
    PendingInvocation first = world.start(sandbox, false);
    sandbox.aheadRelease(true);
    world.write(7, "first\n", 22);
    world.turn();
    world.error(first, "Runtime.ExitError", "RequestId: x Error: Runtime exited");
    world.settle(first, Outcome.FAILURE, 0);
    sandbox.aheadRelease(false);
    world.records.ended(sandbox);
    world.turn();
    assertTrue(world.log("hello").contains("first\nRequestId: x Error"), world.log("hello"));
  }
}
