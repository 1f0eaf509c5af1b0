package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KeeperAttemptsTest {
  private static final long NOW_NS = -5; // clocks may be there

  private final KeeperAttempts attempts = new KeeperAttempts(KeeperMode.PID_NAMESPACE, NOW_NS);

  @Test
  void whatIsRefusedIsGivenUpAtOnce() {
    attempts.failed(true, NOW_NS);
    assertEquals(KeeperMode.USER_NAMESPACE, attempts.mode());
    assertEquals(NOW_NS, attempts.notBeforeNs());
    attempts.failed(true, NOW_NS);
    assertEquals(KeeperMode.SUBREAPER, attempts.mode());
    assertEquals(0, attempts.rounds());
  }

  /** A machine that is short of memory for a moment must not cost a keeper its namespace. */
  @Test
  void whatMayPassIsTriedAgainTheSameWay() {
    for (int i = 1; i < KeeperAttempts.ATTEMPTS_MAX; i++) {
      attempts.failed(false, NOW_NS);
      assertEquals(KeeperMode.PID_NAMESPACE, attempts.mode());
      assertEquals(NOW_NS + KeeperAttempts.AGAIN_NS, attempts.notBeforeNs());
    }
    attempts.failed(false, NOW_NS);
    assertEquals(KeeperMode.USER_NAMESPACE, attempts.mode());
  }

  @Test
  void roundsAreCountedUntilOneWorks() {
    for (int round = 1; round <= 2; round++) {
      for (int mode = 0; mode < 3; mode++) {
        attempts.failed(true, NOW_NS);
      }
      assertEquals(round, attempts.rounds());
      assertEquals(KeeperMode.PID_NAMESPACE, attempts.mode());
      assertEquals(NOW_NS + KeeperAttempts.ROUND_NS, attempts.notBeforeNs());
    }
    attempts.failed(true, NOW_NS);
    attempts.worked(7);
    assertEquals(KeeperMode.PID_NAMESPACE, attempts.mode());
    assertEquals(0, attempts.rounds());
    assertEquals(7, attempts.notBeforeNs());
  }

  @Test
  void refusalsAreToldFromWhatMayPass() {
    assertTrue(KeeperAttempts.isRefusal("unshare: unshare failed: Operation not permitted\n"));
    assertTrue(
        KeeperAttempts.isRefusal(
            "unshare: write failed /proc/self/uid_map: Operation not permitted"));
    assertTrue(KeeperAttempts.isRefusal("noise\nunshare: unrecognized option '--kill-child'\n"));
    assertFalse(KeeperAttempts.isRefusal("unshare: fork failed: Resource temporarily unavailable"));
    assertFalse(KeeperAttempts.isRefusal("unshare: fork failed: Cannot allocate memory"));
    assertFalse(KeeperAttempts.isRefusal("java: Operation not permitted"));
    assertFalse(KeeperAttempts.isRefusal(""));
  }
}
