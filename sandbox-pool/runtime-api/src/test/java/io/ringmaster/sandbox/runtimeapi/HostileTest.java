package io.ringmaster.sandbox.runtimeapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.runtimeapi.RawClient.Answer;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Clients that mean no good: they get what they deserve, and others notice nothing. */
@Timeout(value = 90, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class HostileTest {
  private final NettyRuntimeApi api = new NettyRuntimeApi();

  @AfterEach
  void close() {
    api.close();
  }

  @Test
  void connectionsAreBounded() {
    List<RawClient> clients = new ArrayList<>();
    try (Engine engine = new Engine(api)) {
      for (int i = 0; i < 18; i++) {
        RawClient client = engine.connect();
        clients.add(client);
        assertEquals(200, client.get("/2018-06-01/ping").answer().status());
      }
      try (RawClient oneMore = engine.connect()) {
        assertEquals(503, oneMore.answer().status());
        assertTrue(oneMore.isClosed());
      }
      clients.removeFirst().close();
      assertTrue(admitted(engine), "the place of a closed connection is not given again");
    } finally {
      clients.forEach(RawClient::close);
    }
  }

  private static boolean admitted(Engine engine) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Engine.PATIENCE_SECONDS);
    while (System.nanoTime() < until) {
      try (RawClient client = engine.connect()) {
        if (client.get("/2018-06-01/ping").answer().status() == 200) {
          return true;
        }
      } catch (UncheckedIOException reset) {
        // Refused while it wrote.
      }
    }
    return false;
  }

  /** Requests that come at once are answered one after the other, each in its turn. */
  @Test
  void pipelinedRequestsAreAnsweredInOrder() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation first = new TestInvocation(1, "one");
      TestInvocation second = new TestInvocation(2, "two");
      String next = RawClient.head("GET", RawClient.API + "invocation/next") + "\r\n";
      String ping = RawClient.head("GET", "/2018-06-01/ping") + "\r\n";
      String response =
          RawClient.head("POST", RawClient.API + "invocation/" + first.id + "/response")
              + "Content-Length: 1\r\n\r\nr";
      client.send(ping + next + response + ping + next + ping.repeat(200));
      assertEquals("pong", client.answer().body());
      engine.hears("ready");
      engine.session.invoke(0, first);
      assertEquals("one", client.answer().body());
      assertEquals(202, client.answer().status());
      assertEquals("pong", client.answer().body());
      engine.hears("answer 0 1");
      engine.session.invoke(0, second);
      assertEquals("two", client.answer().body());
      for (int i = 0; i < 200; i++) {
        assertEquals("pong", client.answer().body());
      }
    }
  }

  /** Who writes and never reads is not read from any more. */
  @Test
  void aClientThatNeverReadsStandsStill() throws Exception {
    try (Engine engine = new Engine(api);
        Engine neighbour = new Engine(api);
        RawClient greedy = engine.connect();
        RawClient good = neighbour.connect()) {
      String pings = (RawClient.head("GET", "/2018-06-01/ping") + "\r\n").repeat(1000);
      Thread flood =
          new Thread(
              () -> {
                try {
                  while (true) {
                    greedy.send(pings);
                  }
                } catch (UncheckedIOException closed) {
                  // The test is over.
                }
              });
      flood.start();
      flood.join(2000);
      assertTrue(flood.isAlive());
      good.next();
      neighbour.hears("ready");
      for (int i = 1; i < 100; i++) {
        TestInvocation invocation = new TestInvocation(i, "e" + i);
        neighbour.session.invoke(0, invocation);
        assertEquals("e" + i, good.answer().body());
        assertEquals(202, good.respond(invocation, "r").answer().status());
        neighbour.hears("answer 0 " + i);
        good.next();
      }
      greedy.cut(false);
      flood.join();
    }
  }

  @Test
  void aBodyThatNobodyWantsIsReadToItsEnd() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      String body = "x".repeat(3_000_000);
      String path = RawClient.API + "invocation/none/response";
      assertEquals(400, client.post(path, "", body).answer().status());
      assertEquals(404, client.post("/x", "", body).answer().status());
      assertEquals(200, client.get("/2018-06-01/ping").answer().status());
    }
  }

  @Test
  void whoExpectsToBeAskedIsAsked() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      client.send(
          RawClient.head("POST", RawClient.API + "init/error")
              + "Expect: 100-continue\r\nContent-Length: 2\r\n\r\n");
      assertEquals(100, client.answer().status());
      client.send("{}");
      assertEquals(202, client.answer().status());
      engine.hears("initError {}");
    }
  }

  @Test
  void http10IsServedAndClosed() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      client.send("GET " + RawClient.API + "invocation/next HTTP/1.0\r\n\r\n");
      engine.hears("ready");
      engine.session.invoke(0, new TestInvocation(1, "e"));
      Answer answer = client.answer();
      assertEquals("e", answer.body());
      assertEquals("close", answer.fields().get("connection"));
      assertTrue(client.isClosed());
    }
  }

  /** Garbage, at random, from many connections; a runtime beside it works on. */
  @Test
  void garbageHurtsNobody() {
    long seed = new Random().nextLong();
    Random random = new Random(seed);
    String[] words = {
      "GET ",
      "POST ",
      RawClient.API + "invocation/next",
      RawClient.API + "init/error",
      " HTTP/1.1\r\n",
      "Host: x\r\n",
      "\r\n",
      "Content-Length: 7\r\n",
      "Transfer-Encoding: chunked\r\n",
      "0\r\n\r\n",
      "\u0000",
      "5\r\nhello\r\n",
      ": ",
      "é"
    };
    try (Engine engine = new Engine(api);
        Engine neighbour = new Engine(api);
        RawClient good = neighbour.connect()) {
      good.next();
      neighbour.hears("ready");
      for (int i = 1; i <= 300; i++) {
        try (RawClient bad = engine.connect()) {
          StringBuilder text = new StringBuilder();
          for (int word = random.nextInt(12); word >= 0; word--) {
            text.append(words[random.nextInt(words.length)]);
          }
          bad.send(text.toString());
        } catch (UncheckedIOException refused) {
          // As it should be.
        }
        TestInvocation invocation = new TestInvocation(i, "e");
        neighbour.session.invoke(0, invocation);
        assertEquals("e", good.answer().body(), () -> "seed " + seed);
        assertEquals(202, good.respond(invocation, "r").answer().status());
        neighbour.hears("answer 0 " + i);
        good.next();
      }
    }
  }
}
