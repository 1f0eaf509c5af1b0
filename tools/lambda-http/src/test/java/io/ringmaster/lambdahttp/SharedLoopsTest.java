package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.ingress.loop.EventLoops;
import java.net.Socket;
import java.time.Duration;
import org.junit.jupiter.api.Test;

/** Loops that several servers use: each ends by itself. */
class SharedLoopsTest {
  @Test
  void aServerEndsWithoutTheOthers() throws Exception {
    try (EventLoops loops = EventLoops.start("shared", 2)) {
      try (Bench staying = new Bench(config -> config.sharedLoops(loops), engine -> engine)) {
        staying.echo("echo");
        try (Bench ending = new Bench(config -> config.sharedLoops(loops), engine -> engine)) {
          ending.echo("echo");
          assertEquals("1", ending.invoke("echo", "1").body());
          assertEquals("2", staying.invoke("echo", "2").body());
          try (Socket idle = ending.socket()) {
            ending.server.close(Duration.ZERO);
            assertEquals(-1, idle.getInputStream().read());
          }
        }
        assertFalse(loops.group().isShuttingDown());
        assertEquals("3", staying.invoke("echo", "3").body());
      }
    }
    assertTrue(
        Thread.getAllStackTraces().keySet().stream()
            .noneMatch(thread -> thread.getName().startsWith("shared-")),
        "a loop is left");
  }
}
