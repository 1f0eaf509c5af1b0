package io.ringmaster.sandbox.runtimeapi;

import static io.ringmaster.sandbox.runtimeapi.RawClient.API;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.UncheckedIOException;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What is left to read when a process has ended, or waits no longer. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EndingTest {
  private final NettyRuntimeApi api = new NettyRuntimeApi();

  @AfterEach
  void close() {
    api.close();
  }

  private static TestInvocation running(Engine engine, RawClient client, int windowBytes) {
    TestInvocation invocation = new TestInvocation(1, "{}");
    invocation.windowBytes = windowBytes;
    client.next();
    engine.hears("ready");
    engine.session.invoke(0, invocation);
    client.answer();
    return invocation;
  }

  private static void awaitFinished(Engine engine) {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Engine.PATIENCE_SECONDS);
    while (!engine.session.finished()) {
      engine.turn(until);
    }
    while (engine.session.poll(engine, 16) > 0) {
      // all of it is in heard now
    }
  }

  /** Holds the loop, so that it sees everything at once, and in its own order. */
  private static CountDownLatch hold(Engine engine) throws InterruptedException {
    CountDownLatch held = new CountDownLatch(1);
    CountDownLatch goOn = new CountDownLatch(1);
    ((Session) engine.session)
        .loop()
        .execute(
            () -> {
              held.countDown();
              try {
                goOn.await();
              } catch (InterruptedException e) {
                throw new IllegalStateException(e);
              }
            });
    held.await();
    return goOn;
  }

  /** Neither its connection was accepted nor a byte of it read when the process was gone. */
  @Test
  void anAnswerThatWasCompleteCounts() throws Exception {
    for (boolean reset : new boolean[] {false, true}) {
      for (int bytes : new int[] {1, 200_000}) {
        try (Engine engine = new Engine(api);
            RawClient client = engine.connect()) {
          TestInvocation invocation = running(engine, client, Integer.MAX_VALUE);
          CountDownLatch goOn = hold(engine);
          RawClient last = engine.connect();
          last.respond(invocation, "r".repeat(bytes));
          client.cut(reset);
          last.cut(false);
          engine.session.finish();
          goOn.countDown();
          awaitFinished(engine);
          assertEquals(List.of("answer 0 1"), engine.heard);
          assertEquals("r".repeat(bytes), invocation.answerText());
        }
      }
    }
  }

  @Test
  void anErrorOfInitThatWasCompleteCounts() throws Exception {
    try (Engine engine = new Engine(api)) {
      CountDownLatch goOn = hold(engine);
      RawClient last = engine.connect();
      last.post(API + "init/error", "", "{}").cut(false);
      engine.session.finish();
      goOn.countDown();
      awaitFinished(engine);
      assertEquals(List.of("initError {}"), engine.heard);
    }
  }

  @Test
  void anAnswerThatWasNotCompleteIsTruncated() throws Exception {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = running(engine, client, Integer.MAX_VALUE);
      CountDownLatch goOn = hold(engine);
      client.send(
          RawClient.head("POST", API + "invocation/" + invocation.id + "/response")
              + "Content-Length: 9\r\n\r\nhalf");
      client.cut(false);
      engine.session.finish();
      goOn.countDown();
      awaitFinished(engine);
      assertEquals(List.of("answer 0 1 error"), engine.heard);
      assertTrue(invocation.answerText().contains("Runtime.TruncatedResponse"));
    }
  }

  /** A stream that waited for its caller is read to its end, which the caller may read later. */
  @Test
  void aPausedStreamIsReadToItsEnd() {
    try (Engine engine = new Engine(api);
        RawClient client = engine.connect()) {
      TestInvocation invocation = running(engine, client, 10);
      String chunk = "3e8\r\n" + "x".repeat(1000) + "\r\n";
      client.send(
          RawClient.head("POST", API + "invocation/" + invocation.id + "/response")
              + "Lambda-Runtime-Function-Response-Mode: streaming\r\n"
              + "Transfer-Encoding: chunked\r\n\r\n"
              + chunk);
      engine.hears("chunk 0 1 1000");
      client.send(chunk.repeat(20) + "0\r\n\r\n");
      client.cut(false);
      engine.session.finish();
      awaitFinished(engine);
      assertEquals("answer 0 1", engine.heard.getLast());
      assertEquals(21_000, invocation.answer.length());
    }
  }

  /** Another process of this machine holds a connection for as long as it likes. */
  @Test
  void aStrangersConnectionIsNotWaitedForLong() {
    try (Engine engine = new Engine(api);
        RawClient stranger = engine.connect();
        RawClient client = engine.connect()) {
      stranger.send("GET");
      client.next();
      engine.hears("ready");
      client.cut(false);
      long beganNs = System.nanoTime();
      engine.session.finish();
      awaitFinished(engine);
      assertTrue(System.nanoTime() - beganNs < TimeUnit.SECONDS.toNanos(5));
      assertTrue(stranger.isClosed());
    }
  }

  @Test
  void aFinishedSessionThatIsClosedTellsNothing() {
    Engine engine = new Engine(api);
    engine.session.finish();
    awaitFinished(engine);
    engine.close();
    assertEquals(0, engine.session.poll(engine, 16));
    Engine late = new Engine(api);
    assertFalse(late.session.finished());
    api.close();
    late.session.finish();
    assertTrue(late.session.finished());
  }

  /** More than one poll's bytes wait behind it: the end of the connection is heard all the same. */
  @Test
  void aPollWithBytesBehindItIsForgottenWithItsConnection() throws Exception {
    for (boolean reset : new boolean[] {false, true}) {
      try (Engine engine = new Engine(api);
          RawClient other = engine.connect()) {
        RawClient lost = engine.connect();
        lost.next();
        engine.hears("ready");
        lost.get("/2018-06-01/ping").cut(reset);
        awaitParked(other);
        engine.session.invoke(0, new TestInvocation(1, "e"));
        assertEquals("e", other.answer().body());
      }
    }
  }

  @Test
  void whatStandsBehindAPollIsBounded() throws Exception {
    try (Engine engine = new Engine(api);
        RawClient other = engine.connect();
        RawClient greedy = engine.connect()) {
      greedy.next();
      engine.hears("ready");
      String pings = (RawClient.head("GET", "/2018-06-01/ping") + "\r\n").repeat(3_000);
      try {
        greedy.send(pings);
      } catch (UncheckedIOException closedMeanwhile) {
        // That is what is expected.
      }
      assertTrue(greedy.isClosed());
      awaitParked(other);
    }
  }

  /** What was sent before has been read when this returns. */
  private static void turnOfTheLoop(Engine engine) {
    var loop = ((Session) engine.session).loop();
    for (int turn = 0; turn < 3; turn++) {
      loop.schedule(() -> {}, 1, TimeUnit.MILLISECONDS).syncUninterruptibly();
    }
  }

  /** Polls until that is not denied: until the engine saw the end of the poll before. */
  private static void awaitParked(RawClient client) throws Exception {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(Engine.PATIENCE_SECONDS);
    client.socket.setSoTimeout(100);
    boolean parked = false;
    while (!parked && System.nanoTime() < until) {
      try {
        assertEquals(403, client.next().answer().status());
      } catch (UncheckedIOException timeout) {
        parked = true;
      }
    }
    client.socket.setSoTimeout((int) TimeUnit.SECONDS.toMillis(Engine.PATIENCE_SECONDS));
    assertTrue(parked, "the poll before is not forgotten");
  }

  @Test
  void asManyPollsWaitAsThereAreSlots() {
    try (Engine engine = new Engine(api, 3);
        RawClient a = engine.connect();
        RawClient b = engine.connect();
        RawClient c = engine.connect();
        RawClient tooMany = engine.connect()) {
      RawClient[] polls = {a, b, c};
      a.next();
      engine.hears("ready");
      b.next();
      c.next();
      turnOfTheLoop(engine);
      assertEquals(403, tooMany.next().answer().status());
      TestInvocation[] invocations = new TestInvocation[3];
      for (int i = 0; i < 3; i++) {
        invocations[i] = new TestInvocation(i + 1, "e" + i);
        engine.session.invoke(i, invocations[i]);
      }
      boolean[] seen = new boolean[3];
      for (RawClient poll : polls) {
        int index = poll.answer().body().charAt(1) - '0';
        assertFalse(seen[index], "one event twice");
        seen[index] = true;
        assertEquals(202, poll.respond(invocations[index], "r" + index).answer().status());
        engine.hears("answer " + index + " " + (index + 1));
        assertEquals("r" + index, invocations[index].answerText());
      }
    }
  }
}
