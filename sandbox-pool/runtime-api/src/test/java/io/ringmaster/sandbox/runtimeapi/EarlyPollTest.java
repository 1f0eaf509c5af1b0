package io.ringmaster.sandbox.runtimeapi;

import static io.ringmaster.sandbox.runtimeapi.RuntimeApiTest.accepted;
import static io.ringmaster.sandbox.runtimeapi.RuntimeApiTest.awaitReceiving;
import static io.ringmaster.sandbox.runtimeapi.RuntimeApiTest.denied;
import static io.ringmaster.sandbox.runtimeapi.RuntimeApiTest.running;
import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A poll that is read before the answer which it follows. */
@Timeout(value = 60, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
class EarlyPollTest {
  private final NettyRuntimeApi api = new NettyRuntimeApi();
  private final Engine engine = new Engine(api);
  private final RawClient client = engine.connect();
  private final RawClient other = engine.connect();
  private final RawClient third = engine.connect();
  private final TestInvocation invocation = new TestInvocation(1, "{}");

  @AfterEach
  void close() {
    third.close();
    other.close();
    client.close();
    engine.close();
    api.close();
  }

  /** When the second is answered, all is read that was sent before the first. */
  private void everythingIsRead() {
    for (int i = 0; i < 2; i++) {
      assertEquals(200, third.get("/2018-06-01/ping").answer().status());
    }
  }

  private void beginsToAnswer() {
    running(engine, client, invocation);
    String response = RawClient.API + "invocation/" + invocation.id + "/response";
    client.send(RawClient.head("POST", response) + "Content-Length: 2\r\n\r\n1");
    awaitReceiving(third, response);
  }

  private void theNextIsFor(RawClient poll) {
    engine.hears("answer 0 1");
    engine.session.invoke(0, new TestInvocation(2, "after"));
    assertEquals("after", poll.answer().body());
  }

  @Test
  void itWaitsForTheEndOfTheAnswer() {
    beginsToAnswer();
    other.next();
    everythingIsRead();
    accepted(client.send("2").answer());
    theNextIsFor(other);
  }

  @Test
  void itWaitsForTheBeginningOfTheAnswer() {
    running(engine, client, invocation);
    other.next();
    everythingIsRead();
    accepted(client.respond(invocation, "1").answer());
    theNextIsFor(other);
  }

  @Test
  void itDoesNotWaitForAnAnswerThatDoesNotBegin() {
    running(engine, client, invocation);
    denied(other.next().answer(), "Running", "Ready");
    accepted(client.respond(invocation, "1").answer());
    other.next();
    theNextIsFor(other);
  }

  @Test
  void thereIsOneAtMost() {
    beginsToAnswer();
    other.next();
    everythingIsRead();
    denied(third.next().answer(), "InvocationResponse", "Ready");
    accepted(client.send("2").answer());
    theNextIsFor(other);
  }

  @Test
  void oneThatGoesAwayIsForgotten() {
    beginsToAnswer();
    other.next();
    everythingIsRead();
    other.cut(true);
    everythingIsRead();
    accepted(client.send("2").answer());
    client.next();
    theNextIsFor(client);
  }
}
