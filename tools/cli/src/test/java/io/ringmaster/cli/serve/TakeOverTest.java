package io.ringmaster.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.cli.output.ExitStatus;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server goes on where another one was, and no request fails. */
class TakeOverTest {
  private static final int CLIENTS = 6;
  private static final int BEFORE_AND_AFTER = 100;

  private static final String ECHO =
      """
      def handler(event, context):
          return event["n"]
      """;

  @TempDir private Path folder;

  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final AtomicLong answered = new AtomicLong();
  private volatile boolean enough;

  @Test
  void underLoadNoRequestFails() throws Exception {
    String data = "--data=" + folder.resolve("data");
    List<Thread> load = new ArrayList<>();
    try (ServerProcess first =
        ServerProcess.start(folder, data, "--http=127.0.0.1:0", "--grpc=127.0.0.1:0")) {
      String grpc = first.awaitReady().get("grpc").asText();
      String address = first.http().replaceFirst(".*/", "");
      try (Client client = new Client(first.http())) {
        client.createPython("echo", ECHO);
        assertEquals("0", client.invoke("echo", "{\"n\": 0}").body());
      }
      for (int i = 0; i < CLIENTS; i++) {
        int number = i;
        load.add(Thread.ofPlatform().start(() -> keepAsking(first, number)));
      }
      await(BEFORE_AND_AFTER);
      try (ServerProcess second =
          ServerProcess.start(folder, data, "--http=" + address, "--grpc=" + grpc, "--take-over")) {
        assertEquals(first.http(), second.http());
        assertEquals(grpc, second.awaitReady().get("grpc").asText());
        assertEquals(ExitStatus.OK, first.awaitEnd(), first.errors());
        await(answered.get() + BEFORE_AND_AFTER);
        enough = true;
        for (Thread thread : load) {
          thread.join();
        }
        assertEquals(List.of(), List.copyOf(failures), second.errors());
        second.terminate();
        assertEquals(ExitStatus.OK, second.awaitEnd(), second.errors());
      }
    } finally {
      enough = true;
    }
  }

  /** Where none runs there is nothing to take over. */
  @Test
  void withoutAServerItStartsAsAnyOther() throws Exception {
    String data = "--data=" + folder.resolve("data");
    try (ServerProcess server =
        ServerProcess.start(folder, data, "--http=127.0.0.1:0", "--grpc=off", "--take-over")) {
      server.awaitReady();
      server.terminate();
      assertEquals(ExitStatus.OK, server.awaitEnd(), server.errors());
    }
  }

  private void keepAsking(ServerProcess server, int number) {
    try (Client client = new Client(server.http())) {
      while (!enough) {
        HttpResponse<String> answer = client.invoke("echo", "{\"n\": " + number + "}");
        if (answer.statusCode() != 200 || !answer.body().equals(Integer.toString(number))) {
          failures.add(answer.statusCode() + " " + answer.body());
        }
        answered.incrementAndGet();
      }
    } catch (IOException | InterruptedException e) {
      failures.add(e.toString());
    }
  }

  private void await(long count) throws InterruptedException {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(ServerProcess.PATIENCE_S);
    while (answered.get() < count) {
      assertTrue(System.nanoTime() < endNs, () -> answered.get() + " answers; " + failures);
      Thread.sleep(10);
    }
  }
}
