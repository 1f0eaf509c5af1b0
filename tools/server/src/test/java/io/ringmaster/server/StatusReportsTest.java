package io.ringmaster.server;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.Engine;
import io.ringmaster.api.EngineException;
import io.ringmaster.api.EngineStatus;
import java.lang.reflect.Proxy;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;

class StatusReportsTest {
  private static final EngineStatus STATUS =
      new EngineStatus(
          "L1", List.of(), Map.of(), 1, 0, Map.of("settled", 0L), List.of(), List.of());

  private final CountDownLatch stuck = new CountDownLatch(1);
  private final AtomicInteger asked = new AtomicInteger();

  private Engine engine(boolean answers) {
    return (Engine)
        Proxy.newProxyInstance(
            Engine.class.getClassLoader(),
            new Class<?>[] {Engine.class},
            (proxy, method, arguments) -> {
              assertEquals("status", method.getName());
              asked.incrementAndGet();
              if (!answers) {
                stuck.await();
              }
              return STATUS;
            });
  }

  @Test
  void manyPagesAskOnce() {
    StatusReports reports = new StatusReports(engine(true));
    long startNs = System.nanoTime();
    int pages = 0;
    while (System.nanoTime() - startNs < 100_000_000) {
      assertSame(STATUS, reports.get());
      pages++;
    }
    long halfSeconds = 1 + (System.nanoTime() - startNs) / 500_000_000;
    assertTrue(asked.get() <= halfSeconds && pages > 1, asked + " questions, " + pages + " pages");
  }

  @Test
  void whoDoesNotAnswerIsAskedOnceAndKeepsNoPage() {
    StatusReports reports = new StatusReports(engine(false));
    try {
      for (int i = 0; i < 2; i++) {
        assertThrows(EngineException.class, reports::get);
      }
      assertEquals(1, asked.get());
    } finally {
      stuck.countDown();
    }
    assertSame(STATUS, reports.get());
  }
}
