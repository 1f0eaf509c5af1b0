package io.ringmaster.conformance.hostile;

import static io.ringmaster.conformance.hostile.Attack.INVOKE;
import static io.ringmaster.conformance.hostile.Attack.invocation;
import static io.ringmaster.conformance.hostile.Attack.refused;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;

/** Requests in order from clients that are not: too much, too early gone, in bits, all at once. */
final class UnrulyClients {
  private static final int MEBIBYTE = 1 << 20;

  private UnrulyClients() {}

  static List<Attack> all() {
    return List.of(
        new Attack("header floods", UnrulyClients::headerFlood),
        new Attack("oversize", UnrulyClients::oversize),
        new Attack("endless bodies", UnrulyClients::endlessBody),
        new Attack("short bodies", UnrulyClients::shortBody),
        new Attack("early closes", UnrulyClients::earlyClose),
        new Attack("pipelining", UnrulyClients::pipelining),
        new Attack("pipelining without reading", UnrulyClients::pipelineAndGo),
        new Attack("bit by bit", UnrulyClients::bitByBit),
        new Attack("slow readers", UnrulyClients::slowReader),
        new Attack("expectations", UnrulyClients::expectation));
  }

  private static void headerFlood(InetSocketAddress server, Random random) throws IOException {
    try (Wire wire = new Wire(server)) {
      wire.send(INVOKE);
      String one = random.nextBoolean() ? "X-%d: y\r\n" : "X-%d: " + "y".repeat(8000) + "\r\n";
      for (int sent = 0; sent < 4 * MEBIBYTE && !wire.isEnded(); ) {
        String header = one.formatted(random.nextInt()).repeat(20);
        wire.send(header);
        sent += header.length();
      }
      refused(wire.send("Content-Length: 2\r\n\r\n{}"));
    }
  }

  /** Refused by its length, before it is there. */
  private static void oversize(InetSocketAddress server, Random random) throws IOException {
    String where =
        random.nextBoolean() ? INVOKE : "POST /2015-03-31/functions HTTP/1.1\r\nHost: h\r\n";
    long length = 71L * MEBIBYTE + random.nextInt(MEBIBYTE) * (long) random.nextInt(1000);
    try (Wire wire = new Wire(server)) {
      wire.send(where + "Content-Length: " + length + "\r\n\r\n");
      wire.send("x".repeat(random.nextInt(1000)));
      Reply reply = Reply.read(wire.in());
      if (reply.status() != 413) {
        throw new AssertionError("answered " + reply);
      }
      wire.endOutput().untilClosed();
    }
  }

  private static void endlessBody(InetSocketAddress server, Random random) throws IOException {
    String chunk = "10000\r\n" + "x".repeat(0x10000) + "\r\n";
    try (Wire wire = new Wire(server)) {
      wire.send(INVOKE + "Transfer-Encoding: chunked\r\n\r\n");
      for (int sent = 0; sent < 12 * MEBIBYTE && !wire.isEnded(); sent += 0x10000) {
        wire.send(chunk);
      }
      refused(wire.endOutput());
    }
  }

  private static void shortBody(InetSocketAddress server, Random random) throws IOException {
    try (Wire wire = new Wire(server)) {
      wire.send(INVOKE + "Content-Length: " + (3 + random.nextInt(1000)) + "\r\n\r\n{}");
      if (random.nextBoolean()) {
        wire.endOutput();
      }
      refused(wire);
    }
  }

  private static void earlyClose(InetSocketAddress server, Random random) throws IOException {
    String request = invocation("{\"a\":\"" + "x".repeat(random.nextInt(100_000)) + "\"}");
    try (Wire wire = new Wire(server)) {
      wire.send(request.substring(0, 1 + random.nextInt(request.length())));
      if (random.nextBoolean()) {
        wire.reset();
      }
    }
  }

  /** Many at once; the answers come in order. */
  private static void pipelining(InetSocketAddress server, Random random) throws IOException {
    int count = 1 + random.nextInt(50);
    StringBuilder requests = new StringBuilder();
    for (int number = 0; number < count; number++) {
      requests.append(invocation("{\"n\":" + number + "}"));
    }
    try (Wire wire = new Wire(server)) {
      wire.send(requests.toString());
      for (int number = 0; number < count; number++) {
        Reply reply = Reply.read(wire.in());
        if (reply.status() != 200 || !reply.body().equals("{\"n\":" + number + "}")) {
          throw new AssertionError("answer " + number + " of " + count + ": " + reply);
        }
      }
    }
  }

  private static void pipelineAndGo(InetSocketAddress server, Random random) throws IOException {
    String many = invocation("{\"a\":\"" + "x".repeat(2000) + "\"}").repeat(100);
    try (Wire wire = new Wire(server)) {
      for (int times = random.nextInt(20); times >= 0 && !wire.isEnded(); times--) {
        wire.send(many);
        if (wire.in().available() > MEBIBYTE) {
          break;
        }
      }
      wire.reset();
    }
  }

  private static void bitByBit(InetSocketAddress server, Random random) throws IOException {
    String request = invocation("{\"bits\":" + random.nextInt(1000) + "}");
    try (Wire wire = new Wire(server)) {
      for (int at = 0; at < request.length(); at++) {
        wire.send(request.substring(at, at + 1));
      }
      Reply reply = Reply.read(wire.in());
      if (reply.status() != 200 || !request.endsWith(reply.body())) {
        throw new AssertionError("answered " + reply);
      }
    }
  }

  /** Asks for much and takes it late, or not at all. */
  private static void slowReader(InetSocketAddress server, Random random) throws IOException {
    String payload = "\"" + "x".repeat(MEBIBYTE + random.nextInt(3 * MEBIBYTE)) + "\"";
    try (Wire wire = new Wire(server)) {
      wire.send(invocation(payload));
      if (random.nextBoolean()) {
        wire.reset();
        return;
      }
      InputStream in = wire.in();
      int first = in.read();
      if (first != 'H') {
        throw new AssertionError("the answer begins with " + first);
      }
      byte[] rest = new byte[64 * 1024];
      long left = payload.length();
      while (left > 0) {
        int count = in.read(rest);
        if (count < 0) {
          throw new AssertionError(left + " bytes of the answer are missing");
        }
        left -= count;
      }
    }
  }

  private static void expectation(InetSocketAddress server, Random random) throws IOException {
    try (Wire wire = new Wire(server)) {
      switch (random.nextInt(3)) {
        case 0 -> {
          wire.send(INVOKE + "Expect: 100-continue\r\nContent-Length: 9\r\n\r\n");
          Reply reply = Reply.read(wire.in());
          if (reply.status() != 100) {
            throw new AssertionError("answered " + reply);
          }
          reply = Reply.read(wire.send("{\"a\":\"b\"}").in());
          if (reply.status() != 200) {
            throw new AssertionError("answered " + reply);
          }
        }
        case 1 ->
            refused(
                wire.send(INVOKE + "Expect: 100-continue\r\nContent-Length: 999999999\r\n\r\n")
                    .endOutput());
        default ->
            refused(
                wire.send(INVOKE + "Expect: miracles\r\nContent-Length: 2\r\n\r\n").endOutput());
      }
    }
  }
}
