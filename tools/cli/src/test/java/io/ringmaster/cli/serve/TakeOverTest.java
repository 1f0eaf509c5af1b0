package io.ringmaster.cli.serve;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.ringmaster.cli.output.ExitStatus;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A server goes on where another one was, and no request fails. */
class TakeOverTest {
  private static final int CLIENTS = 6;
  private static final int BEFORE_AND_AFTER = 100;

  private static final int WAITING = 300;
  private static final String TOLD = "told.jsonl";
  private static final String HELD = "held.jsonl";

  private static final String ECHO =
      """
      def handler(event, context):
          return event["n"]
      """;

  private static final String SLOW =
      """
      import os, time
      def handler(event, context):
          open(event["mark"], "w").close()
          while not os.path.exists(event["mark"] + ".go"):
              time.sleep(0.01)
      """;

  private static final ObjectMapper MAPPER = new ObjectMapper();

  @TempDir private Path folder;

  private final Queue<String> failures = new ConcurrentLinkedQueue<>();
  private final Set<String> accepted = ConcurrentHashMap.newKeySet();
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
        client.tell("echo", TOLD);
      }
      load.add(Thread.ofPlatform().start(() -> keepHanding(first)));
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
        assertThePackageIsWhereItIsSaid(second);
        awaitTrue("every event is told of", () -> told(TOLD).containsAll(accepted));
        assertTrue(accepted.size() > 1, accepted::toString);
        second.terminate();
        assertEquals(ExitStatus.OK, second.awaitEnd(), second.errors());
      }
    } finally {
      enough = true;
    }
  }

  /** One event runs for longer than the first server has, and the others wait for its room. */
  @Test
  void whatWaitsIsTakenOver() throws Exception {
    String data = "--data=" + folder.resolve("data");
    Path mark = folder.resolve("held");
    Set<String> waiting = new HashSet<>();
    try (ServerProcess first =
            ServerProcess.start(folder, data, "--http=127.0.0.1:0", "--grpc=off", "--drain=1s");
        Client client = new Client(first.http())) {
      String address = first.http().replaceFirst(".*/", "");
      client.createPython("held", SLOW);
      client.tell("held", HELD);
      String concurrency = "/2017-10-31/functions/held/concurrency";
      String one = "{\"ReservedConcurrentExecutions\": 1}";
      assertEquals(200, client.send("PUT", concurrency, one).statusCode());
      for (int i = 0; i < WAITING; i++) {
        waiting.add(client.accept("held", "{\"mark\": \"" + mark + "\"}"));
      }
      awaitTrue("one runs", () -> Files.exists(mark));
      try (ServerProcess second =
          ServerProcess.start(folder, data, "--http=" + address, "--grpc=off", "--take-over")) {
        assertEquals(WAITING, second.awaitReady().get("recoveredEvents").asInt());
        assertEquals(ExitStatus.OK, first.awaitEnd(), first.errors());
        assertEquals(Set.of(), told(HELD));
        Files.createFile(folder.resolve("held.go"));
        assertEquals(204, client.send("DELETE", concurrency, null).statusCode());
        awaitTrue("all of them run", () -> told(HELD).containsAll(waiting));
        assertEquals(waiting, told(HELD));
        second.terminate();
        assertEquals(ExitStatus.OK, second.awaitEnd(), second.errors());
      }
    }
  }

  /** The socket that it was handed has another address in Java than in the kernel. */
  private static void assertThePackageIsWhereItIsSaid(ServerProcess server) throws Exception {
    try (Client client = new Client(server.http())) {
      String about = client.send("GET", "/2015-03-31/functions/echo", null).body();
      String location = MAPPER.readTree(about).at("/Code/Location").asText();
      assertTrue(location.startsWith(server.http()), location);
      String path = location.substring(server.http().length());
      assertEquals(200, client.send("GET", path, null).statusCode());
    }
  }

  /** One that has the sockets and the data, and cannot serve, or is killed: the first goes on. */
  @Test
  void whoCannotServeTakesNothingAway() throws Exception {
    String data = "--data=" + folder.resolve("data");
    try (ServerProcess first =
            ServerProcess.start(folder, data, "--http=127.0.0.1:0", "--grpc=off", "--drain=20s");
        ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      String address = first.http().replaceFirst(".*/", "");
      try (Client client = new Client(first.http())) {
        client.createPython("echo", ECHO);
        Thread load = Thread.ofPlatform().start(() -> keepAsking(first, 7));
        await(BEFORE_AND_AFTER);
        String busy = "--grpc=127.0.0.1:" + taken.getLocalPort();
        try (ServerProcess second =
            ServerProcess.start(folder, data, "--http=" + address, busy, "--take-over")) {
          assertEquals(ExitStatus.CHECK_FAILED, second.awaitEnd(), second.errors());
        }
        await(answered.get() + BEFORE_AND_AFTER);
        killWhileItStarts(first, client, data, address);
        await(answered.get() + BEFORE_AND_AFTER);
        enough = true;
        load.join();
        assertEquals(List.of(), List.copyOf(failures), first.errors());
        assertEquals(200, client.send("GET", "/_ringmaster/health/ready", null).statusCode());
      }
      first.terminate();
      assertEquals(ExitStatus.OK, first.awaitEnd(), first.errors());
    } finally {
      enough = true;
    }
  }

  /** A function that runs keeps the first one draining, while the second is stopped. */
  private void killWhileItStarts(ServerProcess first, Client client, String data, String address)
      throws Exception {
    client.createPython("slow", SLOW);
    Path begun = folder.resolve("begun");
    CompletableFuture<Integer> slow = invoke(client, "slow", "{\"mark\": \"" + begun + "\"}");
    awaitTrue("the slow function begins", () -> Files.exists(begun));
    int released = count(first, "the data folder is free");
    try (ServerProcess second =
        ServerProcess.start(
            folder, data, "--http=" + address, "--grpc=off", "--take-over", "--drain=20s")) {
      awaitTrue("it drains", () -> count(first, "draining") > released);
      signal(second, "STOP");
      Files.createFile(folder.resolve("begun.go"));
      awaitTrue("the data are free", () -> count(first, "the data folder is free") > released);
      assertEquals(200, slow.get(ServerProcess.PATIENCE_S, TimeUnit.SECONDS));
      assertEquals("", second.output());
    } // killed
  }

  /** Its status, when it comes. */
  private static CompletableFuture<Integer> invoke(Client client, String function, String event) {
    return CompletableFuture.supplyAsync(
        () -> {
          try {
            return client.invoke(function, event).statusCode();
          } catch (IOException | InterruptedException e) {
            throw new IllegalStateException(e);
          }
        });
  }

  private static int count(ServerProcess server, String text) {
    try {
      return server.errors().split(text, -1).length - 1;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static void signal(ServerProcess server, String name) throws Exception {
    String pid = Long.toString(server.process().pid());
    assertEquals(0, new ProcessBuilder("kill", "-" + name, pid).start().waitFor());
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

  /** Events are accepted by either server, and run by either. */
  private void keepHanding(ServerProcess server) {
    try (Client client = new Client(server.http())) {
      while (!enough) {
        accepted.add(client.accept("echo", "{\"n\": 1}"));
        Thread.sleep(20); // each record is forced to the disk: they should not pile up
      }
    } catch (IOException | InterruptedException | AssertionError e) {
      failures.add(e.toString());
    }
  }

  private Set<String> told(String file) {
    try {
      return Client.told(folder.resolve("data"), file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private void await(long count) throws InterruptedException {
    awaitTrue("answers", () -> answered.get() >= count);
  }

  private void awaitTrue(String what, BooleanSupplier holds) throws InterruptedException {
    long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(ServerProcess.PATIENCE_S);
    while (!holds.getAsBoolean()) {
      assertTrue(
          System.nanoTime() < endNs, () -> what + "; " + answered.get() + " answers; " + failures);
      Thread.sleep(10);
    }
  }
}
