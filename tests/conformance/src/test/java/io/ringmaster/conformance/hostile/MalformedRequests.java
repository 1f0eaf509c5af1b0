package io.ringmaster.conformance.hostile;

import static io.ringmaster.conformance.hostile.Attack.INVOKE;
import static io.ringmaster.conformance.hostile.Attack.any;
import static io.ringmaster.conformance.hostile.Attack.refused;
import static io.ringmaster.conformance.hostile.Attack.survived;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Random;

/** Lines, headers, lengths and chunks that are none, and requests that are hidden in others. */
final class MalformedRequests {
  private static final List<String> LINES =
      List.of(
          "GET\r\n\r\n",
          "GET /\r\n\r\n",
          "GET / HTTP/9.9\r\n\r\n",
          "GET / HTTP/1.1 more\r\n\r\n",
          "GET / HTP/1.1\r\n\r\n",
          "get / http/1.1\r\n\r\n",
          "G\u0001T / HTTP/1.1\r\nHost: h\r\n\r\n",
          "\0\0\0\0\r\n\r\n",
          " GET / HTTP/1.1\r\nHost: h\r\n\r\n",
          "\u00ff\u00fe\u00fd / HTTP/1.1\r\n\r\n",
          "GET " + "/a".repeat(100_000) + " HTTP/1.1\r\nHost: h\r\n\r\n",
          "A".repeat(300_000));

  private static final List<String> PATHS =
      List.of(
          "/%zz",
          "/%",
          "/2015-03-31/functions/%ff%fe",
          "/2015-03-31/functions/%00",
          "/2015-03-31/functions/../../../etc/passwd",
          "/2015-03-31/functions/%2e%2e%2f%2e%2e%2fetc%2fpasswd",
          "//////",
          "*",
          "http://[::bad/",
          "/2015-03-31/functions?MaxItems=abc",
          "/2015-03-31/functions?MaxItems=99999999999999999999",
          "/2015-03-31/functions?Marker=%00%ff",
          "/2015-03-31/functions?" + "a=b&".repeat(2000),
          "/_ringmaster/code/../../../etc/passwd",
          "/_ringmaster/code/" + "A".repeat(500));

  private static final List<String> HEADERS =
      List.of(
          "no colon here\r\n",
          ": no name\r\n",
          "Content-Length : 2\r\n",
          "X-Folded: one\r\n two\r\nContent-Length\r\n : 2\r\n",
          "X Y: z\r\n",
          "X\0Y: z\r\n",
          "X: a\0b\r\n",
          "X: a\rb\r\n",
          "\u00e4: \u00f6\r\n");

  private static final List<String> LENGTHS =
      List.of(
          "Content-Length: -1\r\n",
          "Content-Length: +2\r\n",
          "Content-Length: 0x2\r\n",
          "Content-Length: 2 2\r\n",
          "Content-Length: 2, 3\r\n",
          "Content-Length: two\r\n",
          "Content-Length: 99999999999999999999999\r\n",
          "Content-Length: 2\r\nContent-Length: 3\r\n",
          "Content-Length: 3\r\nContent-Length: 2\r\n",
          "Content-Length: 2\r\nTransfer-Encoding: chunked\r\n",
          "Transfer-Encoding: chunked\r\nContent-Length: 2\r\n",
          "Transfer-Encoding: gzip\r\n",
          "Transfer-Encoding: chunked, gzip\r\n",
          "Transfer-Encoding: xchunked\r\n",
          "Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n");

  private static final List<String> CHUNKS =
      List.of(
          "zz\r\n{}\r\n0\r\n\r\n",
          "-2\r\n{}\r\n0\r\n\r\n",
          "FFFFFFFFFFFFFFFF1\r\n{}\r\n0\r\n\r\n",
          "7fffffff\r\n{}",
          "2\r\n{}XX0\r\n\r\n",
          "2\r\n{}\r\n0\r\nno trailer\r\n\r\n",
          "2;" + "x".repeat(600_000) + "\r\n{}\r\n0\r\n\r\n");

  private static final String HIDDEN =
      "POST /2015-03-31/functions/hidden/invocations HTTP/1.1\r\nHost: h\r\nContent-Length:"
          + " 2\r\n\r\n{}";

  private MalformedRequests() {}

  static List<Attack> all() {
    return List.of(
        new Attack("request lines", MalformedRequests::lines),
        new Attack("paths", MalformedRequests::paths),
        new Attack("headers", MalformedRequests::headers),
        new Attack("lengths", MalformedRequests::lengths),
        new Attack("chunks", MalformedRequests::chunks),
        new Attack("hidden requests", MalformedRequests::hidden),
        new Attack("bodies", MalformedRequests::bodies),
        new Attack("random bytes", MalformedRequests::randomBytes),
        new Attack("changed bytes", MalformedRequests::changedBytes),
        new Attack("h2c", MalformedRequests::http2));
  }

  private static void lines(InetSocketAddress server, Random random) throws IOException {
    try (Wire wire = new Wire(server)) {
      refused(wire.send(any(LINES, random)));
    }
  }

  private static void paths(InetSocketAddress server, Random random) throws IOException {
    String method =
        any(List.of("GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"), random);
    try (Wire wire = new Wire(server)) {
      wire.send(
          method
              + " "
              + any(PATHS, random)
              + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      if (method.equals("HEAD")) {
        wire.endOutput().untilClosed();
      } else {
        survived(wire);
      }
    }
  }

  /** A header that is none; the request may also be answered if the header is ignored. */
  private static void headers(InetSocketAddress server, Random random) throws IOException {
    try (Wire wire = new Wire(server)) {
      refused(wire.send(INVOKE + any(HEADERS, random) + "Content-Length: 2\r\n\r\n{}").endOutput());
    }
  }

  private static void lengths(InetSocketAddress server, Random random) throws IOException {
    try (Wire wire = new Wire(server)) {
      refused(wire.send(INVOKE + any(LENGTHS, random) + "\r\n{}").endOutput());
    }
  }

  private static void chunks(InetSocketAddress server, Random random) throws IOException {
    String chunks = any(CHUNKS, random);
    try (Wire wire = new Wire(server)) {
      refused(wire.send(INVOKE + "Transfer-Encoding: chunked\r\n\r\n" + chunks).endOutput());
    }
  }

  /** Where two readers could disagree on the end of a request, a second one stands. */
  private static void hidden(InetSocketAddress server, Random random) throws IOException {
    String both =
        random.nextBoolean()
            ? "Content-Length: " + (5 + HIDDEN.length()) + "\r\nTransfer-Encoding: chunked\r\n"
            : "Transfer-Encoding: chunked\r\nContent-Length: 5\r\n";
    String odd =
        any(
            List.of(
                both,
                "Content-Length: 5\r\nContent-Length: " + (5 + HIDDEN.length()) + "\r\n",
                "Transfer-Encoding:\u000bchunked\r\nContent-Length: 5\r\n",
                "Transfer-Encoding : chunked\r\nContent-Length: 5\r\n",
                "X: y\nTransfer-Encoding: chunked\r\nContent-Length: 5\r\n",
                "Transfer-Encoding: chunked, chunked\r\n"),
            random);
    try (Wire wire = new Wire(server)) {
      refused(wire.send(INVOKE + odd + "\r\n0\r\n\r\n" + HIDDEN).endOutput());
    }
  }

  /** JSON that is none, too deep or of other types: refused as the client's fault. */
  private static void bodies(InetSocketAddress server, Random random) throws IOException {
    String body =
        any(
            List.of(
                "",
                "[]",
                "null",
                "5",
                "{\"FunctionName\":5,\"Code\":[],\"Role\":{}}",
                "{\"FunctionName\":{\"FunctionName\":{}}}",
                "{\"FunctionName\":\"a\",\"FunctionName\":\"b\"}",
                "{\"Code\":{\"ZipFile\":\"!!!\"},\"FunctionName\":\"x\",\"Role\":\"r\"}",
                "{\"Timeout\":1e999,\"FunctionName\":\"x\"}",
                "{\"Timeout\":" + "9".repeat(5000) + "}",
                "[".repeat(100_000),
                "{\"a\":".repeat(50_000),
                "\"\\ud800\"",
                "{\"FunctionName\":\"\u0000\"}"),
            random);
    String where =
        any(
            List.of(
                "POST /2015-03-31/functions",
                "PUT /2015-03-31/functions/echo/configuration",
                "PUT /2015-03-31/functions/echo/code",
                "POST /2015-03-31/functions/echo/aliases",
                "POST /2015-03-31/functions/echo/policy",
                "POST /2018-10-31/layers/x/versions",
                "POST /2017-03-31/tags/nonsense",
                "PUT /2017-10-31/functions/echo/concurrency"),
            random);
    try (Wire wire = new Wire(server)) {
      wire.send(
          where
              + " HTTP/1.1\r\nHost: h\r\nConnection: close\r\nContent-Length: "
              + body.length()
              + "\r\n\r\n"
              + body);
      survived(wire);
    }
  }

  private static void randomBytes(InetSocketAddress server, Random random) throws IOException {
    byte[] bytes = new byte[1 + random.nextInt(1 << random.nextInt(16))];
    random.nextBytes(bytes);
    try (Wire wire = new Wire(server)) {
      refused(wire.send(bytes).endOutput());
    }
  }

  /** A request in order, but for a few bytes. */
  private static void changedBytes(InetSocketAddress server, Random random) throws IOException {
    StringBuilder request = new StringBuilder(Attack.invocation("{\"a\":1}"));
    for (int count = 1 + random.nextInt(4); count > 0; count--) {
      int at = random.nextInt(request.length());
      switch (random.nextInt(3)) {
        case 0 -> request.setCharAt(at, (char) random.nextInt(256));
        case 1 -> request.deleteCharAt(at);
        default -> request.insert(at, (char) random.nextInt(256));
      }
    }
    try (Wire wire = new Wire(server)) {
      survived(wire.send(request.toString()));
    }
  }

  /** HTTP/2 as it begins, then noise; the answer is no HTTP/1.1. */
  private static void http2(InetSocketAddress server, Random random) throws IOException {
    byte[] noise = new byte[random.nextInt(4096)];
    random.nextBytes(noise);
    try (Wire wire = new Wire(server)) {
      wire.send("PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n");
      if (random.nextBoolean()) {
        wire.send(new byte[] {0, 0, 0, 4, 0, 0, 0, 0, 0});
      }
      if (wire.send(noise).endOutput().untilClosed() == null) {
        throw new AssertionError("the connection is still open");
      }
    }
  }
}
