package io.ringmaster.conformance.hostile;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;

/** One thing that a hostile client does. */
record Attack(String name, Action action) {

  /**
   * Does it; an {@link AssertionError} or an {@link IOException} says what the server did wrong.
   */
  interface Action {
    void run(InetSocketAddress server, Random random) throws IOException;
  }

  static final String INVOKE =
      "POST /2015-03-31/functions/echo/invocations HTTP/1.1\r\nHost: h\r\n";

  /** An invocation in order. */
  static String invocation(String payload) {
    return INVOKE + "Content-Length: " + payload.length() + "\r\n\r\n" + payload;
  }

  static <T> T any(List<T> choices, Random random) {
    return choices.get(random.nextInt(choices.size()));
  }

  /** The server closes, and has refused if it has said anything: never 2xx, never 500. */
  static void refused(Wire wire) throws IOException {
    byte[] came = wire.untilClosed();
    if (came == null) {
      throw new AssertionError("the connection is still open");
    }
    for (Reply reply : Reply.all(came)) {
      if (reply.status() < 400 || reply.status() == 500) {
        throw new AssertionError("answered " + reply);
      }
    }
  }

  /** As {@link #refused}, for what may also be answered in order: then the connection may stay. */
  static void survived(Wire wire) throws IOException {
    byte[] came = wire.endOutput().untilClosed();
    if (came == null) {
      throw new AssertionError("the connection is still open");
    }
    for (Reply reply : Reply.all(came)) {
      if (reply.status() == 500) {
        throw new AssertionError("answered " + reply);
      }
    }
  }
}
