package io.ringmaster.conformance.hostile;

import static io.ringmaster.conformance.hostile.Attack.INVOKE;
import static io.ringmaster.conformance.hostile.Attack.any;
import static io.ringmaster.conformance.hostile.Attack.invocation;
import static io.ringmaster.conformance.hostile.Attack.refused;

import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
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
        new Attack("upgrades", UnrulyClients::upgrade),
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

  /** Changes to HTTP/2, or nearly, and goes on with anything. */
  private static void upgrade(InetSocketAddress server, Random random) throws IOException {
    String asking =
        "Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: %s\r\n"
            .formatted(any(List.of("", "AAMAAABk", "AAQAAAAA", "AAT_____", "AAMA", "???"), random));
    String payload = "\"" + "x".repeat(random.nextInt(70_000)) + "\"";
    byte[] more = new byte[random.nextInt(3000)];
    random.nextBytes(more);
    try (Wire wire = new Wire(server)) {
      wire.send(invocation(payload).replace("Host: h\r\n", "Host: h\r\n" + asking));
      String status = new String(wire.in().readNBytes(12), StandardCharsets.ISO_8859_1);
      if (!status.equals("HTTP/1.1 101") && !status.equals("HTTP/1.1 200")) {
        throw new AssertionError("answered " + status);
      }
      if (random.nextBoolean()) {
        wire.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
        for (int frames = random.nextInt(20); frames > 0; frames--) {
          byte[] head = {0, 0, (byte) random.nextInt(64), (byte) random.nextInt(11), 0, 0, 0, 0, 0};
          head[4] = (byte) random.nextInt(256);
          head[8] = (byte) random.nextInt(5);
          wire.send(head).send(Arrays.copyOf(more, head[2]));
        }
      }
      wire.send(more);
      if (random.nextBoolean()) {
        wire.reset();
      } else if (wire.endOutput().untilClosed() == null) {
        throw new AssertionError("the connection is still open");
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
