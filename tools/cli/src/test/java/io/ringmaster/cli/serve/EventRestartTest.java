package io.ringmaster.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a server accepted is run by the next one, however the first one ended. */
class EventRestartTest {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final int EVENTS = 60;
  private static final String TOLD = "told.jsonl";

  private static final String SLOW =
      """
      import time
      def handler(event, context):
          time.sleep(0.2)
          return event["n"]
      """;

  private static final String BROKEN =
      """
      def handler(event, context):
          raise ValueError("on purpose")
      """;

  @TempDir private Path folder;

  private interface Condition {
    boolean holds() throws IOException, InterruptedException;
  }

  private static void await(String what, Condition condition) throws Exception {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(ServerProcess.PATIENCE_S);
    while (!condition.holds()) {
      assertTrue(System.nanoTime() < endNs, what);
      Thread.sleep(20);
    }
  }

  private ServerProcess start() throws IOException {
    return ServerProcess.start(
        folder, "--data=" + folder.resolve("data"), "--http=127.0.0.1:0", "--grpc=off");
  }

  private static void configure(Client client, String function, String body) throws Exception {
    String path = "/2019-09-25/functions/" + function + "/event-invoke-config";
    HttpResponse<String> answer = client.send("PUT", path, body);
    assertEquals(200, answer.statusCode(), answer.body());
  }

  private static JsonNode read(Client client, String path)
      throws IOException, InterruptedException {
    return MAPPER.readTree(client.send("GET", path, null).body());
  }

  /** The request ids that records of success name. */
  private Set<String> told() throws IOException {
    return Client.told(folder.resolve("data"), TOLD);
  }

  @Test
  void acceptedEventsAndDeadLettersOutliveAKill() throws Exception {
    Set<String> accepted = new HashSet<>();
    String broken;
    try (ServerProcess server = start();
        Client client = new Client(server.http())) {
      assertEquals(0, server.awaitReady().get("recoveredEvents").asInt());
      client.createPython("slow", SLOW);
      client.createPython("broken", BROKEN);
      client.tell("slow", TOLD);
      configure(client, "broken", "{\"MaximumRetryAttempts\":0}");
      broken = client.accept("broken", "{\"lost\":1}");
      await("a dead letter", () -> read(client, "/_ringmaster/dlq").get("letters").size() == 1);
      for (int n = 0; n < EVENTS; n++) {
        accepted.add(client.accept("slow", "{\"n\":" + n + "}"));
      }
      server.process().destroyForcibly();
      server.awaitEnd();
    }
    assertTrue(told().size() < EVENTS, "it was killed too late");
    try (ServerProcess server = start();
        Client client = new Client(server.http())) {
      assertTrue(server.awaitReady().get("recoveredEvents").asInt() > 0);
      await("all are told", () -> told().containsAll(accepted));
      await("none is owed", () -> waiting(client) == 0);
      JsonNode letters = read(client, "/_ringmaster/dlq?function=broken").get("letters");
      assertEquals(1, letters.size());
      assertEquals(broken, letters.get(0).get("requestId").asText());
      String id = letters.get(0).get("id").asText();
      JsonNode letter = read(client, "/_ringmaster/dlq/" + id);
      assertEquals("RetriesExhausted", letter.get("condition").asText());
      assertEquals("{\"lost\":1}", letter.get("payload").asText());
      assertTrue(letter.get("detail").asText().contains("on purpose"), letter::toString);
      assertEquals(1, act(client, "redrive?all=true"));
      await("it is dead again", () -> dead(client) == 1 && waiting(client) == 0);
      assertEquals(1, act(client, "purge?id=" + id));
      assertEquals(0, act(client, "purge?id=" + id));
      assertEquals(0, dead(client));
    }
  }

  private static int act(Client client, String what) throws Exception {
    HttpResponse<String> answer = client.send("POST", "/_ringmaster/dlq/" + what, null);
    assertEquals(200, answer.statusCode(), answer.body());
    return MAPPER.readTree(answer.body()).get("count").asInt();
  }

  private static int waiting(Client client) throws IOException, InterruptedException {
    return read(client, "/_ringmaster/status").at("/events/waiting").asInt(-1);
  }

  private static int dead(Client client) throws IOException, InterruptedException {
    return read(client, "/_ringmaster/dlq").get("letters").size();
  }
}
