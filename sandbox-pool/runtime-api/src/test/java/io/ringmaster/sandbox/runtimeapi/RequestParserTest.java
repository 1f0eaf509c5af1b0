package io.ringmaster.sandbox.runtimeapi;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is a request and what is not, wherever reads cut it. */
class RequestParserTest {
  private static final String LINE = "GET /x HTTP/1.1\r\n";
  private static final String HOST = "Host: h\r\n";

  /** Parses everything and notes what came of it. */
  private static final class Reader implements RequestParser.Sink {
    final RequestParser parser = new RequestParser(this);
    final List<String> seen = new ArrayList<>();
    final ByteArrayOutputStream body = new ByteArrayOutputStream();
    boolean refused;

    @Override
    public void head(Request request) {
      request.keepsTrailer = true;
      seen.add(request + " " + request.contentLength + (request.keepAlive ? " keep" : " close"));
    }

    @Override
    public void body(ByteBuf from, int count) {
      byte[] bytes = new byte[count];
      from.readBytes(bytes);
      body.writeBytes(bytes);
    }

    /** Feeds one piece, as a connection does. */
    void feed(byte[] bytes) {
      ByteBuf in = Unpooled.wrappedBuffer(bytes);
      while (in.isReadable() && !refused) {
        switch (parser.parse(in)) {
          case MORE -> assertEquals(0, in.readableBytes());
          case END -> {
            Request request = parser.request();
            seen.add(
                "end "
                    + body.toString(StandardCharsets.ISO_8859_1)
                    + " "
                    + request.trailerErrorType);
            body.reset();
          }
          case REFUSED -> {
            refused = true;
            seen.add("refused " + parser.status());
          }
        }
      }
    }
  }

  private static List<String> read(String text) {
    Reader reader = new Reader();
    reader.feed(text.getBytes(StandardCharsets.ISO_8859_1));
    return reader.seen;
  }

  @Test
  void requestsFollowOneAnother() {
    assertEquals(
        List.of(
            "GET /a 0 keep",
            "end  null",
            "POST /b 3 keep",
            "end xyz null",
            "GET /c 0 close",
            "end  null"),
        read(
            "GET /a HTTP/1.1\r\nhost: x\r\n\r\n\r\nPOST /b HTTP/1.1\r\nHOST:x\r\nContent-Length: 3"
                + " \r\n\r\nxyzGET /c HTTP/1.1\r\nHost: x\r\nConnection: foo, Close\r\n\r\n"));
  }

  @Test
  void lineFeedsAloneEndLines() {
    assertEquals(List.of("GET /x 0 keep", "end  null"), read("GET /x HTTP/1.1\nHost: h\nA: b\n\n"));
  }

  @Test
  void chunksAndTrailer() {
    assertEquals(
        List.of("POST /b -1 keep", "end hello world Runtime.X"),
        read(
            "POST /b HTTP/1.1\r\nHost: h\r\nTransfer-Encoding: Chunked\r\n\r\n"
                + "5;a=b\r\nhello\r\n006 \r\n world\r\n0\r\nX: y\r\n"
                + "Lambda-Runtime-Function-Error-Type: Runtime.X\r\n\r\n"));
  }

  @Test
  void http10ClosesUnlessAsked() {
    assertEquals(List.of("GET /x 0 close", "end  null"), read("GET /x HTTP/1.0\r\n\r\n"));
    assertEquals(
        List.of("GET /x 0 keep", "end  null"),
        read("GET /x HTTP/1.0\r\nConnection: keep-alive\r\n\r\n"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "\u0000",
        " GET /x HTTP/1.1\r\n",
        "GET  /x HTTP/1.1\r\n",
        "GET /x\r\n",
        "GET /x HTTP/1.1 \r\n",
        "GET /x HTTP/11\r\n",
        "G\u0001T /x HTTP/1.1\r\n",
        "GET /\u0001 HTTP/1.1\r\n",
        "GET /x HTTP/1.1\rHost: h\r\n",
        LINE + "\r\n",
        LINE + HOST + HOST + "\r\n",
        LINE + HOST + " folded\r\n",
        LINE + HOST + "A : b\r\n",
        LINE + HOST + ": b\r\n",
        LINE + HOST + "A\r\n",
        LINE + HOST + "A: b\u0000c\r\n",
        LINE + HOST + "A: b\rc\r\n",
        LINE + HOST + "Content-Length: 1\r\nContent-Length: 1\r\n",
        LINE + HOST + "Content-Length: +1\r\n",
        LINE + HOST + "Content-Length: -1\r\n",
        LINE + HOST + "Content-Length: 1, 1\r\n",
        LINE + HOST + "Content-Length:\r\n",
        LINE + HOST + "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked\r\n",
        LINE + HOST + "Transfer-Encoding: chunked\r\nContent-Length: 1\r\n\r\n",
        "POST /x HTTP/1.0\r\nTransfer-Encoding: chunked\r\n\r\n",
        LINE + HOST + "Transfer-Encoding: chunked\r\n\r\n\r\n",
        LINE + HOST + "Transfer-Encoding: chunked\r\n\r\n-1\r\n",
        LINE + HOST + "Transfer-Encoding: chunked\r\n\r\n1x\r\n",
        LINE + HOST + "Transfer-Encoding: chunked\r\n\r\n1\r\nabc\r\n",
        LINE + HOST + "Transfer-Encoding: chunked\r\n\r\n0000000000001\r\n",
      })
  void whatIsNoRequestIsRefused(String text) {
    List<String> seen = read(text);
    assertEquals("refused 400", seen.getLast(), seen::toString);
  }

  @Test
  void lengthsAreBounded() {
    String long2000 = "x".repeat(2000);
    assertEquals("refused 414", read("GET /" + long2000).getLast());
    assertEquals("refused 400", read("G" + long2000).getLast());
    assertEquals("refused 431", read(LINE + HOST + "Content-Type: " + long2000).getLast());
  }

  @Test
  void headsAreBounded() {
    assertEquals("refused 431", read(LINE + HOST + "A: b\r\n".repeat(200)).getLast());
    assertEquals(
        "refused 431",
        read(LINE + HOST + "A: " + "b".repeat(RequestParser.HEAD_BYTES_MAX)).getLast());
    assertEquals("refused 505", read("GET /x HTTP/2.0\r\n").getLast());
    assertEquals("refused 501", read(LINE + HOST + "Transfer-Encoding: gzip\r\n").getLast());
    assertEquals("refused 417", read(LINE + HOST + "Expect: tea\r\n").getLast());
    assertEquals(
        "refused 413", read(LINE + HOST + "Content-Length: 9999999999999999\r\n").getLast());
    assertEquals(
        "refused 400",
        read(LINE + HOST + "Transfer-Encoding: chunked\r\n\r\n1;" + "x".repeat(300)).getLast());
    assertEquals(
        "refused 431",
        read(LINE
                + HOST
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n"
                + "Lambda-Runtime-Function-Error-Body: "
                + "x".repeat(RequestParser.ERROR_BODY_BYTES_MAX + 1))
            .getLast());
  }

  @Test
  void longNamesPass() {
    assertEquals(
        List.of("GET /x 0 keep", "end  null"),
        read(LINE + HOST + "N".repeat(5000) + ": v\r\n" + "Content-Lengths: x\r\n\r\n"));
  }

  @Test
  void aTrailerIsKeptOnlyWhereItIsWanted() {
    RequestParser[] parser = new RequestParser[1];
    parser[0] =
        new RequestParser(
            new RequestParser.Sink() {
              @Override
              public void head(Request request) {}

              @Override
              public void body(ByteBuf from, int count) {
                from.skipBytes(count);
              }
            });
    ByteBuf in =
        Unpooled.copiedBuffer(
            LINE
                + HOST
                + "Transfer-Encoding: chunked\r\n\r\n0\r\n"
                + "Lambda-Runtime-Function-Error-Type: Runtime.X\r\n\r\n",
            StandardCharsets.US_ASCII);
    assertEquals(RequestParser.Outcome.END, parser[0].parse(in));
    assertNull(parser[0].request().trailerErrorType);
  }

  /** The same bytes come to the same, wherever they are cut. */
  @Property(tries = 500)
  void cutsChangeNothing(@ForAll("streams") String text, @ForAll @Size(max = 8) List<Integer> at) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    Reader whole = new Reader();
    whole.feed(bytes);
    Reader cut = new Reader();
    int[] cuts = at.stream().mapToInt(i -> Math.floorMod(i, bytes.length + 1)).sorted().toArray();
    int from = 0;
    for (int to : cuts) {
      cut.feed(Arrays.copyOfRange(bytes, from, to));
      from = to;
    }
    cut.feed(Arrays.copyOfRange(bytes, from, bytes.length));
    assertEquals(whole.seen, cut.seen);
    Reader single = new Reader();
    for (byte b : bytes) {
      single.feed(new byte[] {b});
    }
    assertEquals(whole.seen, single.seen);
  }

  /** Whatever comes, it is refused or it goes on; no other end. */
  @Property(tries = 2000)
  void anyBytesAreReadOrRefused(@ForAll byte[] bytes) {
    Reader reader = new Reader();
    reader.feed(bytes);
    long refusals = reader.seen.stream().filter(each -> each.startsWith("refused")).count();
    assertTrue(refusals <= 1);
    assertEquals(reader.refused, refusals == 1);
  }

  @Provide
  Arbitrary<String> streams() {
    Arbitrary<String> good =
        Combinators.combine(
                Arbitraries.of("GET", "POST", "PUT"),
                Arbitraries.of("/x", "/2018-06-01/runtime/invocation/next", "/?q"),
                Arbitraries.strings().withCharRange('a', 'z').ofMaxLength(40),
                Arbitraries.of(true, false),
                Arbitraries.of("\r\n", "\n"))
            .as(
                (method, path, body, chunked, end) ->
                    method
                        + " "
                        + path
                        + " HTTP/1.1"
                        + end
                        + "Host: h"
                        + end
                        + (chunked
                            ? "Transfer-Encoding: chunked" + end + end + chunks(body, end)
                            : "Content-Length: " + body.length() + end + end + body));
    Arbitrary<String> token =
        Arbitraries.of(
            "GET ",
            "/x",
            " HTTP/1.1",
            "\r\n",
            "\n",
            "\r",
            ": ",
            "Host: h\r\n",
            "\u0000",
            "Content-Length: 5\r\n",
            "Transfer-Encoding: chunked\r\n",
            "5",
            "0\r\n\r\n",
            "é",
            "Lambda-Runtime-Function-Error-Type: x\r\n",
            "Expect: 100-continue\r\n",
            "hello");
    Arbitrary<String> bad = token.list().ofMaxSize(12).map(list -> String.join("", list));
    return Arbitraries.oneOf(good, good, bad)
        .list()
        .ofMinSize(1)
        .ofMaxSize(4)
        .map(list -> String.join("", list));
  }

  private static String chunks(String body, String end) {
    StringBuilder text = new StringBuilder();
    for (int i = 0; i < body.length(); i += 7) {
      String part = body.substring(i, Math.min(body.length(), i + 7));
      text.append(Integer.toHexString(part.length())).append(end).append(part).append(end);
    }
    return text.append("0").append(end).append(end).toString();
  }
}
