package io.ringmaster.lambdahttp;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.api.FunctionCode;
import io.ringmaster.api.FunctionSpec;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** No answer is forgotten, whenever it comes: while a loop reads, lingers, or falls asleep. */
class IngressLoopTest {
  private static final long LIMIT_S = 60;
  private Bench bench;

  @BeforeEach
  void open() {
    bench = new Bench(config -> config.eventLoops(2), engine -> engine);
    bench.echo("echo");
    bench
        .engine
        .functions()
        .create(
            FunctionSpec.named("quick")
                .code(
                    FunctionCode.inJvmNonBlocking(
                        (event, response) ->
                            response.write(event.bytes(), event.offset(), event.length())))
                .build());
  }

  @AfterEach
  void close() {
    bench.client.close();
    Bench.await("no connection left", () -> bench.server.counters().get("connections") == 0);
    assertEquals(0, bench.server.counters().get("requestsRunning"));
    assertEquals(0, bench.server.counters().get("internalErrors"));
    bench.close();
  }

  @ParameterizedTest
  @CsvSource({"echo, 1, 2000", "quick, 1, 3000", "echo, 6, 400", "quick, 40, 150"})
  void everyRequestIsAnsweredInItsTurn(String function, int connections, int requests)
      throws Exception {
    ExecutorService clients = Executors.newFixedThreadPool(connections);
    try {
      List<Future<?>> all = new ArrayList<>();
      for (int i = 0; i < connections; i++) {
        int seed = i;
        all.add(
            clients.submit(
                () -> {
                  talk(function, requests, new Random(seed));
                  return null;
                }));
      }
      for (Future<?> each : all) {
        each.get(LIMIT_S, TimeUnit.SECONDS);
      }
    } finally {
      clients.shutdownNow();
    }
  }

  /** Sends a few ahead at times, and expects each one's own payload back. */
  private void talk(String function, int requests, Random random) throws IOException {
    try (Socket socket = bench.socket()) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      for (int done = 0; done < requests; ) {
        int ahead = random.nextInt(4) == 0 ? 1 + random.nextInt(4) : 1;
        StringBuilder out = new StringBuilder();
        for (int i = 0; i < ahead; i++) {
          out.append(request(function, Integer.toString(done + i)));
        }
        socket.getOutputStream().write(out.toString().getBytes(StandardCharsets.US_ASCII));
        for (int i = 0; i < ahead; i++) {
          assertEquals(Integer.toString(done + i), body(in));
        }
        done += ahead;
      }
    }
  }

  private static String request(String function, String payload) {
    return "POST /2015-03-31/functions/"
        + function
        + "/invocations HTTP/1.1\r\nHost: h\r\nContent-Length: "
        + payload.length()
        + "\r\n\r\n"
        + payload;
  }

  private static String body(InputStream in) throws IOException {
    int length = -1;
    assertEquals("HTTP/1.1 200 OK", line(in));
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      if (line.startsWith("Content-Length: ")) {
        length = Integer.parseInt(line.substring("Content-Length: ".length()));
      }
    }
    return new String(in.readNBytes(length), StandardCharsets.US_ASCII);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0) {
        throw new IOException("the connection ended after " + line);
      }
      if (next != '\r') {
        line.append((char) next);
      }
    }
    return line.toString();
  }

  /** Who goes away takes nothing with him that others would miss. */
  @Test
  void thoseWhoGoAwayAreForgotten() throws Exception {
    for (int i = 0; i < 300; i++) {
      try (Socket gone = bench.socket()) {
        gone.getOutputStream()
            .write(request(i % 2 == 0 ? "echo" : "quick", "1").getBytes(StandardCharsets.US_ASCII));
        if (i % 3 == 0) {
          gone.setSoLinger(true, 0);
        }
      }
    }
    assertEquals("7", bench.invoke("quick", "7").body());
  }

  /** Answers that wait for their socket stay what they are while others are written. */
  @Test
  void whatASlowClientIsOwedStaysWhatItIs() throws Exception {
    AtomicInteger sent = new AtomicInteger();
    Socket slow = bench.socket();
    Thread sender = Thread.ofVirtual().start(() -> sendUntilClosed(slow, sent));
    try {
      // It cannot send any more once its answers fill both sides' buffers. Others are answered
      // meanwhile, on each of the loops.
      long endNs = System.nanoTime() + TimeUnit.SECONDS.toNanos(LIMIT_S);
      int before = 0;
      for (int stuck = 0; stuck < 6; stuck = sent.get() == before ? stuck + 1 : 0) {
        assertTrue(System.nanoTime() < endNs, "it is never full");
        before = sent.get();
        talk("quick", 100, new Random(before));
      }
      InputStream in = new BufferedInputStream(slow.getInputStream());
      for (int i = 0; i < before; i++) {
        assertEquals(large(i), body(in));
      }
    } finally {
      slow.close();
      sender.join();
    }
    assertTrue(sent.get() > 0);
  }

  private static void sendUntilClosed(Socket socket, AtomicInteger sent) {
    try {
      while (true) {
        String request = request("quick", large(sent.get()));
        socket.getOutputStream().write(request.getBytes(StandardCharsets.US_ASCII));
        sent.incrementAndGet();
      }
    } catch (IOException e) {
      assertTrue(socket.isClosed(), e.toString());
    }
  }

  private static String large(int number) {
    return Integer.toString(1_000_000 + number).repeat(400);
  }
}
