package io.ringmaster.conformance.crash;

import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Random;
import java.util.concurrent.Callable;
import java.util.function.BooleanSupplier;

/**
 * Sends events over a connection of its own, one after the other, until the server is gone. One
 * thread.
 */
final class EventSender implements Callable<Void> {
  private static final int PADDING_MAX = 600;
  private static final int LINE_MAX = 8 * 1024;
  private static final String REQUEST_ID = "x-amzn-requestid:";
  private static final String LENGTH = "content-length:";

  private final URI server;
  private final EventLedger ledger;
  private final Random random;
  private final BooleanSupplier enough;

  /**
   * @param enough whether nothing is to be sent at present
   */
  EventSender(URI server, EventLedger ledger, long seed, BooleanSupplier enough) {
    this.server = server;
    this.ledger = ledger;
    this.enough = enough;
    random = new Random(seed);
  }

  @Override
  public Void call() throws InterruptedException {
    try (Socket socket = new Socket(server.getHost(), server.getPort())) {
      socket.setTcpNoDelay(true);
      InputStream in = new BufferedInputStream(socket.getInputStream());
      while (true) {
        while (enough.getAsBoolean()) {
          Thread.sleep(2);
        }
        EventKind kind = next();
        socket.getOutputStream().write(request(kind));
        answer(in);
      }
    } catch (IOException gone) {
      return null; // what it was sending may have been accepted or not
    }
  }

  private EventKind next() {
    int any = random.nextInt(100);
    if (any < 1) {
      return EventKind.PATIENT;
    }
    return any < 5 ? EventKind.BROKEN : EventKind.SOUND;
  }

  private byte[] request(EventKind kind) {
    String event = "{\"padding\":\"" + "x".repeat(random.nextInt(PADDING_MAX)) + "\"}";
    String request =
        """
        POST /2015-03-31/functions/%s/invocations HTTP/1.1\r
        Host: localhost\r
        X-Amz-Invocation-Type: Event\r
        Content-Length: %d\r
        \r
        %s\
        """
            .formatted(kind.function(), event.length(), event);
    return request.getBytes(StandardCharsets.US_ASCII);
  }

  private void answer(InputStream in) throws IOException {
    String status = line(in);
    String id = null;
    int length = 0;
    for (String line = line(in); !line.isEmpty(); line = line(in)) {
      String lower = line.toLowerCase(Locale.ROOT);
      if (lower.startsWith(REQUEST_ID)) {
        id = line.substring(REQUEST_ID.length()).strip();
      } else if (lower.startsWith(LENGTH)) {
        length = Integer.parseInt(line.substring(LENGTH.length()).strip());
      }
    }
    String body = new String(in.readNBytes(length), StandardCharsets.UTF_8);
    if (!status.startsWith("HTTP/1.1 202")) {
      throw new IllegalStateException("an event was answered with " + status + ": " + body);
    }
    ledger.acknowledge(id);
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next = in.read(); next != '\n'; next = in.read()) {
      if (next < 0 || line.length() > LINE_MAX) {
        throw new IOException("the answer ends within a line");
      }
      line.append((char) next);
    }
    return line.toString().stripTrailing();
  }
}
