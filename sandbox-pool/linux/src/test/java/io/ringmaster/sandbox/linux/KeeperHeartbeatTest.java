package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class KeeperHeartbeatTest {
  private static final long SECOND_NS = 1_000_000_000;
  private final KeeperHeartbeat heartbeat = new KeeperHeartbeat();

  @Test
  void itIsAskedOnceWhileSomethingIsAwaitedAndItWasSilent() {
    heartbeat.heard(0);
    assertFalse(heartbeat.ask(SECOND_NS, false), "nothing is awaited");
    assertFalse(heartbeat.ask(SECOND_NS - 1, true), "it spoke just now");
    assertEquals(Long.MAX_VALUE, heartbeat.overdueNs());
    assertTrue(heartbeat.ask(SECOND_NS, true));
    assertFalse(heartbeat.ask(2 * SECOND_NS, true), "asked already");
    assertEquals(SECOND_NS + KeeperHeartbeat.LIMIT_NS, heartbeat.overdueNs());
  }

  @Test
  void whateverItSaysIsAnAnswer() {
    heartbeat.heard(0);
    assertTrue(heartbeat.ask(SECOND_NS, true));
    heartbeat.heard(2 * SECOND_NS);
    assertEquals(Long.MAX_VALUE, heartbeat.overdueNs());
    assertTrue(heartbeat.ask(3 * SECOND_NS, true));
  }
}
