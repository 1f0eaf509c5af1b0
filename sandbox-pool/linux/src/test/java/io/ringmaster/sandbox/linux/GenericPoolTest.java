package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class GenericPoolTest {
  private final GenericPool pool =
      new GenericPool(1, new Interpreter("ruby", Path.of("/usr/bin/ruby"), 3, 1, "3.1"), 0, 1, 8);

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
}
