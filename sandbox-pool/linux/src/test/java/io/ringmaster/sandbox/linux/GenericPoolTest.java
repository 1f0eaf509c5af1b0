package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class GenericPoolTest {
  private final GenericPool pool = new GenericPool(1, interpreter("ruby"), 0, 1, 8, 0);

  private static Interpreter interpreter(String family) {
    return new Interpreter(family, Path.of("/usr/bin/x"), 3, 1, "3.1");
  }

  /** One event took them all: the next attempt knows nothing of it. */
  @Test
  void whatWasLostAtOnceIsOneFailure() {
    for (int number = 1; number <= 5; number++) {
      pool.failed(number, 5);
    }
    assertFalse(pool.isBroken());
    pool.failed(6, 8);
    pool.failed(8, 9);
    assertFalse(pool.isBroken());
    pool.failed(9, 9);
    assertTrue(pool.isBroken());
    pool.tryAgain();
    assertFalse(pool.isBroken());
    pool.failed(10, 10);
    assertTrue(pool.isBroken());
  }

  @Test
  void aSuccessForgivesAll() {
    pool.failed(1, 1);
    pool.failed(2, 2);
    pool.succeeded();
    pool.failed(3, 3);
    pool.failed(4, 4);
    assertFalse(pool.isBroken());
  }

  @Test
  void whatNobodyWantsForLongKeepsNothingReady() {
    long halfNs = GenericPool.IDLE_NS / 2;
    assertEquals(1, pool.target(2 * halfNs - 1));
    assertEquals(0, pool.target(2 * halfNs));
    pool.announced(halfNs);
    assertEquals(1, pool.target(3 * halfNs - 1));
    assertEquals(0, pool.target(3 * halfNs));
    pool.demanded(2 * halfNs);
    assertEquals(4 * halfNs, pool.idleAtNs());
    assertFalse(pool.isOver(4 * halfNs - 1));
    assertTrue(pool.isOver(4 * halfNs));
    pool.coming++;
    assertFalse(pool.isOver(4 * halfNs));
    assertEquals(-1, pool.missing(4 * halfNs));
  }

  @Test
  void asManyAreAwaitedAsWait() {
    pool.waiting.add(new Environment(1, null, null, 0));
    pool.waiting.add(new Environment(2, null, null, 0));
    assertEquals(List.of(true, true, false, false), Stream.generate(pool::ask).limit(4).toList());
    assertEquals(4, pool.coming);
  }

  /** What others wait for lies behind no more than these. */
  @Test
  void aFewAtATimeAreAskedForBeyondThoseThatAreAwaited() {
    GenericPool large = new GenericPool(2, interpreter("python"), 0, 100, 100, 0);
    assertEquals(16, large.missing(0));
    large.coming = 16;
    assertEquals(0, large.missing(0));
    large.waiting.add(new Environment(1, null, null, 0));
    assertEquals(1, large.missing(0));
    large.waiting.clear();
    large.coming = 15;
    large.keep(SandboxProcess.generic(1, large, false));
    assertEquals(1, large.missing(0));
    large.coming = 0;
    for (int number = 2; number <= 98; number++) {
      large.keep(SandboxProcess.generic(number, large, false));
    }
    assertEquals(2, large.missing(0));
  }

  @Test
  void oneThatWasAwaitedByNobodyIsUsedLast() {
    SandboxProcess prepared = SandboxProcess.generic(1, pool, false);
    SandboxProcess awaited = SandboxProcess.generic(2, pool, true);
    pool.keep(prepared);
    pool.keep(awaited);
    assertSame(prepared, pool.ready.pollLast());
    assertSame(awaited, pool.ready.pollLast());
  }

  @Test
  void forkedOnesStay() {
    GenericPool forked = new GenericPool(2, interpreter("python"), 0, 1, 8, 0);
    assertEquals(1, forked.target(100 * GenericPool.IDLE_NS));
    assertFalse(forked.isOver(100 * GenericPool.IDLE_NS));
  }
}
