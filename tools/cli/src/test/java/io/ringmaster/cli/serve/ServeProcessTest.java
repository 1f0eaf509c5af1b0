package io.ringmaster.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.ringmaster.cli.output.ExitStatus;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The server as a process: what it prints, how it ends, what it refuses. */
class ServeProcessTest {
  private static final String SLEEPER =
      """
      import time
      def handler(event, context):
          open(event["mark"], "w").close()
          time.sleep(event["seconds"])
          return "slept"
      """;

  @TempDir private Path folder;

  @Test
  void theFirstLineTellsWhereItServesAndTheDataIsItsAlone() throws Exception {
    Path data = folder.resolve("data");
    try (ServerProcess server = start(data, "127.0.0.1:0")) {
      JsonNode ready = server.awaitReady();
      assertEquals("ready", ready.get("event").asText());
      assertEquals(server.process().pid(), ready.get("pid").asLong());
      assertEquals("L1", ready.get("level").asText());
      assertEquals(0, ready.get("recoveredEvents").asInt());
      assertTrue(ready.get("startMs").asLong() > 0);
      assertTrue(ready.get("grpc").isNull());
      try (Client client = new Client(server.http())) {
        assertEquals(200, client.send("GET", "/_ringmaster/health/ready", null).statusCode());
        assertEquals(200, client.send("GET", "/_ringmaster/health/live", null).statusCode());
      }
      // The second is told the same whether its port is free or not.
      String port = server.http().replaceFirst(".*/", "");
      for (String address : List.of("127.0.0.1:0", port)) {
        try (ServerProcess second = start(data, address)) {
          assertEquals(ExitStatus.DATA_IN_USE, second.awaitEnd(), second.errors());
          assertTrue(second.errors().contains("in use"), second.errors());
          assertEquals("", second.output());
        }
      }
      // With other data it is the port that is taken.
      try (ServerProcess second = start(folder.resolve("other"), port)) {
        assertEquals(ExitStatus.CHECK_FAILED, second.awaitEnd(), second.errors());
        assertTrue(second.errors().contains(port + ": "), second.errors());
      }
      server.terminate();
      assertEquals(ExitStatus.OK, server.awaitEnd(), server.errors());
      assertEquals(1, server.output().lines().count(), server.output());
    }
  }

  @Test
  void whatIsWrongIsToldAtOnce() throws Exception {
    try (ServerProcess server =
        ServerProcess.start(folder, "--http=0.0.0.0:9001", "--drain=soon", "--region=here")) {
      assertEquals(ExitStatus.USAGE, server.awaitEnd());
      String errors = server.errors();
      assertTrue(errors.contains("--drain: ") && errors.contains("--region: "), errors);
      assertEquals("", server.output());
    }
    try (ServerProcess server = ServerProcess.start(folder, "--http=0.0.0.0:0")) {
      assertEquals(ExitStatus.USAGE, server.awaitEnd());
      assertTrue(server.errors().contains("needs --credentials"), server.errors());
    }
    try (ServerProcess server =
        ServerProcess.start(
            folder,
            "--data=" + folder.resolve("data"),
            "--http=127.0.0.1:0",
            "--grpc=off",
            "--isolation-floor=L4")) {
      assertEquals(ExitStatus.ISOLATION_FLOOR, server.awaitEnd());
      assertTrue(server.errors().contains("L4"), server.errors());
    }
  }

  @Test
  void whatRunsMayEndBeforeTheServerDoes() throws Exception {
    try (ServerProcess server = start(folder.resolve("data"), "127.0.0.1:0");
        Client client = new Client(server.http())) {
      client.createPython("sleeper", SLEEPER);
      CompletableFuture<HttpResponse<String>> running = sleep(client, 2);
      server.terminate();
      HttpResponse<String> answer = running.get(ServerProcess.PATIENCE_S, TimeUnit.SECONDS);
      assertEquals(200, answer.statusCode());
      assertEquals("\"slept\"", answer.body());
      assertEquals(ExitStatus.OK, server.awaitEnd(), server.errors());
    }
  }

  @Test
  void aSecondSignalEndsItAtOnceAndLeavesNothing() throws Exception {
    try (ServerProcess server = start(folder.resolve("data"), "127.0.0.1:0");
        Client client = new Client(server.http())) {
      client.createPython("sleeper", SLEEPER);
      CompletableFuture<HttpResponse<String>> running = sleep(client, 25);
      List<ProcessHandle> children = server.process().descendants().toList();
      assertFalse(children.isEmpty());
      server.terminate();
      long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(ServerProcess.PATIENCE_S);
      while (!server.errors().contains("stopping") && System.nanoTime() < endNs) {
        Thread.sleep(10);
      }
      long secondNs = System.nanoTime();
      do {
        kill(server); // Process.destroy works once only
      } while (!server.process().waitFor(300, TimeUnit.MILLISECONDS));
      assertEquals(ExitStatus.CHECK_FAILED, server.awaitEnd(), server.errors());
      assertTrue(System.nanoTime() - secondNs < TimeUnit.SECONDS.toNanos(10));
      List<ProcessHandle> left = new ArrayList<>(children);
      while (!left.isEmpty() && System.nanoTime() < endNs) {
        left.removeIf(child -> !child.isAlive());
        Thread.sleep(20);
      }
      assertEquals(List.of(), left);
      assertTrue(
          running
              .handle((answer, failure) -> failure != null || answer.statusCode() >= 500)
              .get(ServerProcess.PATIENCE_S, TimeUnit.SECONDS));
    }
  }

  private static void kill(ServerProcess server) throws Exception {
    new ProcessBuilder("kill", "-TERM", Long.toString(server.process().pid())).start().waitFor();
  }

  /** Answers when the function has begun. */
  private CompletableFuture<HttpResponse<String>> sleep(Client client, int seconds)
      throws Exception {
    Path mark = folder.resolve("mark-" + System.nanoTime());
    CompletableFuture<HttpResponse<String>> running =
        CompletableFuture.supplyAsync(
            () -> {
              try {
                return client.invoke(
                    "sleeper", "{\"mark\": \"" + mark + "\", \"seconds\": " + seconds + "}");
              } catch (Exception e) {
                throw new IllegalStateException(e);
              }
            });
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(ServerProcess.PATIENCE_S);
    while (!Files.exists(mark)) {
      assertTrue(System.nanoTime() < endNs && !running.isDone(), "the function does not begin");
      Thread.sleep(10);
    }
    return running;
  }

  private ServerProcess start(Path data, String http) throws Exception {
    return ServerProcess.start(folder, "--data=" + data, "--http=" + http, "--grpc=off");
  }
}
