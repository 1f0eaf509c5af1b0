package io.ringmaster.sandbox.runtimeapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.ringmaster.stress.Fuzz;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever a runtime sends, wherever reads cut it, is read or refused, and comes to the same; each
 * request's body has the length that was told.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class RequestFuzzTest {
  private static final Set<Integer> REFUSALS = Set.of(400, 413, 414, 417, 431, 501, 505);
  private static final String[] METHODS = {"GET", "POST", "PUT", "", "G T", "POST\t"};
  private static final String[] TARGETS = {
    "/2018-06-01/runtime/invocation/next",
    "/2018-06-01/runtime/invocation/8476a536-e9f4-11e8-9739-2dfe598c3fcd/response",
    "/2018-06-01/runtime/init/error",
    "*",
    "http://h/x?y",
    "/\u00e9",
  };
  private static final String[] VERSIONS = {
    "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.1", "HTTP/1.0", "HTTP/2.0", "HTTP/1.1 ", "http/1.1"
  };
  private static final String[] FIELDS = {
    "Host: h",
    "Connection: close",
    "Connection: keep-alive, foo",
    "Expect: 100-continue",
    "Content-Type: application/json",
    "Lambda-Runtime-Function-Response-Mode: streaming",
    "Lambda-Runtime-Function-Error-Type: Runtime.X",
    "Transfer-Encoding: chunked",
    "Transfer-Encoding: gzip, chunked",
    "Content-Length: 3",
    "Content-Length: 3, 3",
    "Content-Length: -1",
    "X: y",
    " folded",
    "X : y",
    ": y",
    "Trailer: Lambda-Runtime-Function-Error-Body",
  };
  private static final String[] ENDS = {"\r\n", "\r\n", "\r\n", "\r\n", "\r\n", "\n", "\r"};

  /** What came, as a number that depends on all of it and on its order. */
  private static final class Reader implements RequestParser.Sink {
    private final RequestParser parser = new RequestParser(this);
    private long seen;
    private long bodyBytes;
    private long wantedBytes;
    private boolean refused;

    private void see(long what) {
      seen = seen * 1_000_003 + what;
    }

    @Override
    public void head(Request request) {
      request.keepsTrailer = true;
      see(request.toString().hashCode());
      see(request.contentLength);
      see(request.keepAlive ? 1 : 0);
      assertTrue(request.contentLength >= -1);
      wantedBytes = request.contentLength;
      bodyBytes = 0;
    }

    @Override
    public void body(ByteBuf from, int count) {
      assertTrue(count > 0 && count <= from.readableBytes());
      for (int i = 0; i < count; i++) {
        see(from.readByte());
      }
      bodyBytes += count;
    }

    void feed(ByteBuf in) {
      while (in.isReadable() && !refused) {
        int before = in.readableBytes();
        RequestParser.Outcome outcome = parser.parse(in);
        assertTrue(in.readableBytes() < before, "it reads");
        switch (outcome) {
          case MORE -> assertEquals(0, in.readableBytes());
          case END -> {
            see(2);
            see(String.valueOf(parser.request().trailerErrorType).hashCode());
            see(String.valueOf(parser.request().errorBody).hashCode());
            assertTrue(wantedBytes < 0 || wantedBytes == bodyBytes, "a body of its length");
            assertTrue(!parser.partial());
          }
          case REFUSED -> {
            refused = true;
            see(parser.status());
            assertTrue(REFUSALS.contains(parser.status()), () -> "status " + parser.status());
          }
        }
      }
    }
  }

  @Test
  void whateverComesIsReadOrRefused() throws IOException {
    Fuzz.run("requests", RequestFuzzTest::one);
  }

  private static void one(SplittableRandom random) {
    StringBuilder text = new StringBuilder();
    for (int requests = 1 + random.nextInt(2); requests > 0; requests--) {
      request(text, random);
    }
    byte[] bytes = Fuzz.damage(text.toString().getBytes(StandardCharsets.ISO_8859_1), random);
    Reader whole = new Reader();
    whole.feed(Unpooled.wrappedBuffer(bytes));
    Reader cut = new Reader();
    for (int at = 0; at < bytes.length; ) {
      int count = Math.min(1 + random.nextInt(40), bytes.length - at);
      cut.feed(Unpooled.wrappedBuffer(bytes, at, count));
      at += count;
    }
    assertEquals(whole.seen, cut.seen, () -> new String(bytes, StandardCharsets.ISO_8859_1));
    assertEquals(whole.refused, cut.refused);
  }

  private static <T> T any(T[] of, SplittableRandom random) {
    return of[random.nextInt(of.length)];
  }

  /** Mostly one that could be; what is odd about it, {@link Fuzz#damage} adds. */
  private static void request(StringBuilder to, SplittableRandom random) {
    boolean odd = random.nextInt(4) == 0;
    String end = odd ? any(ENDS, random) : "\r\n";
    to.append(odd ? any(METHODS, random) : METHODS[random.nextInt(3)]).append(' ');
    to.append(odd ? any(TARGETS, random) : TARGETS[random.nextInt(3)]).append(' ');
    to.append(odd ? any(VERSIONS, random) : VERSIONS[0]).append(end);
    to.append(FIELDS[0]).append(end);
    for (int fields = random.nextInt(3); fields > 0; fields--) {
      to.append(odd ? any(FIELDS, random) : FIELDS[1 + random.nextInt(6)]).append(end);
    }
    int length = random.nextInt(30);
    switch (random.nextInt(3)) {
      case 0 -> to.append(end);
      case 1 ->
          to.append("Content-Length: ")
              .append(length)
              .append(end)
              .append(end)
              .append("b".repeat(length));
      default -> {
        to.append("Transfer-Encoding: chunked").append(end).append(end);
        for (int chunks = random.nextInt(3); chunks > 0; chunks--) {
          int size = 1 + random.nextInt(20);
          to.append(Integer.toHexString(size)).append(odd ? ";x=y" : "").append(end);
          to.append("c".repeat(size)).append(end);
        }
        to.append('0').append(end);
        if (random.nextBoolean()) {
          to.append("Lambda-Runtime-Function-Error-Type: Runtime.X").append(end);
        }
        to.append(end);
      }
    }
  }
}
