package io.ringmaster.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * Keep-alive connections over HTTP/1.1, each with one request in flight, sent again as soon as it
 * is answered. Plain NIO; a single connection blocks instead. Belongs to the thread that calls it.
 */
public final class HttpLoad implements AutoCloseable {
  private static final long ANSWER_LIMIT_MS = 60_000;

  private final List<Connection> connections = new ArrayList<>();
  private final Selector selector;
  private final Consumer<SelectionKey> receive = this::receive;
  private long answered;
  private int inFlight;
  private boolean open;
  private IOException failure;

  /**
   * Connects.
   *
   * @param count connections, at least 1
   * @param request what each of them sends
   */
  public HttpLoad(InetSocketAddress server, int count, byte[] request) throws IOException {
    selector = Selector.open();
    try {
      for (int i = 0; i < count; i++) {
        Connection connection = new Connection(server, request);
        connections.add(connection);
        if (count > 1) {
          connection.channel.configureBlocking(false);
          connection.channel.register(selector, SelectionKey.OP_READ, connection);
        }
      }
    } catch (IOException e) {
      close();
      throw e;
    }
  }

  /**
   * A request that invokes a function as AWS's clients do, with their headers.
   *
   * @param event the event
   */
  public static byte[] invoke(String function, byte[] event) {
    byte[] head =
        ("POST /2015-03-31/functions/"
                + function
                + "/invocations HTTP/1.1\r\nHost: 127.0.0.1:9001\r\nAccept-Encoding: identity\r\n"
                + "Content-Type: application/json\r\nX-Amz-Invocation-Type: RequestResponse\r\n"
                + "User-Agent: bench/1\r\nX-Amz-Date: 20260101T000000Z\r\nAuthorization:"
                + " AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/lambda/aws4_request,"
                + " SignedHeaders=content-type;host;x-amz-date;x-amz-invocation-type, Signature="
                + "0123456789abcdef".repeat(4)
                + "\r\namz-sdk-invocation-id: 01234567-89ab-4cde-8f01-23456789abcd\r\n"
                + "amz-sdk-request: attempt=1\r\nContent-Length: "
                + event.length
                + "\r\n\r\n")
            .getBytes(StandardCharsets.US_ASCII);
    byte[] request = new byte[head.length + event.length];
    System.arraycopy(head, 0, request, 0, head.length);
    System.arraycopy(event, 0, request, head.length, event.length);
    return request;
  }

  /** A request that reads. */
  public static byte[] get(String pathAndQuery) {
    return ("GET " + pathAndQuery + " HTTP/1.1\r\nHost: 127.0.0.1:9001\r\n\r\n")
        .getBytes(StandardCharsets.US_ASCII);
  }

  /**
   * Sends for so long.
   *
   * @return answers per second
   * @throws IOException an answer that is no success, or none
   */
  public double run(long durationNs) throws IOException {
    long begin = System.nanoTime();
    long from = answered;
    long took = connections.size() == 1 ? one(begin, durationNs) : many(begin, durationNs);
    long counted = answered - from - (connections.size() == 1 ? 0 : connections.size());
    return Math.max(1, counted) * 1e9 / took;
  }

  private long one(long begin, long durationNs) throws IOException {
    Connection connection = connections.getFirst();
    long now;
    do {
      connection.send();
      while (!connection.receive()) {
        // The rest is still to come.
      }
      answered++;
      now = System.nanoTime();
    } while (now - begin < durationNs);
    return now - begin;
  }

  private long many(long begin, long durationNs) throws IOException {
    open = true;
    sendAll();
    while (System.nanoTime() - begin < durationNs) {
      step();
    }
    open = false;
    long took = System.nanoTime() - begin; // what is in flight now is not counted
    while (inFlight > 0) {
      step();
    }
    return took;
  }

  private void sendAll() throws IOException {
    for (Connection connection : connections) {
      connection.send();
      inFlight++;
    }
  }

  private void step() throws IOException {
    if (selector.select(receive, ANSWER_LIMIT_MS) == 0) {
      throw new IOException("no answer comes");
    }
    check();
  }

  private void check() throws IOException {
    if (failure != null) {
      throw failure;
    }
  }

  private void receive(SelectionKey key) {
    Connection connection = (Connection) key.attachment();
    try {
      if (connection.receive()) {
        answered++;
        inFlight--;
        if (open) {
          connection.send();
          inFlight++;
        }
      }
    } catch (IOException e) {
      failure = e;
    }
  }

  /**
   * Sends one request on every connection, at once, and waits for all answers.
   *
   * @param waiting called while answers are awaited, every millisecond or two
   * @return nanoseconds from the first byte sent to the last answer
   */
  public long burst(Runnable waiting) throws IOException {
    long begin = System.nanoTime();
    long giveUpNs = begin + TimeUnit.MILLISECONDS.toNanos(ANSWER_LIMIT_MS);
    sendAll();
    while (inFlight > 0) {
      selector.select(receive, 1);
      check();
      if (inFlight > 0) {
        waiting.run();
      }
      if (System.nanoTime() - giveUpNs > 0) {
        throw new IOException(inFlight + " answers do not come");
      }
    }
    return System.nanoTime() - begin;
  }

  /** Answers so far. */
  public long answered() {
    return answered;
  }

  /** The body of the last answer on each connection. */
  public List<String> bodies() {
    return connections.stream().map(Connection::body).toList();
  }

  /** Line and headers of the last answer on the first connection. */
  public String head() {
    return connections.getFirst().head();
  }

  @Override
  public void close() throws IOException {
    for (Connection connection : connections) {
      connection.close();
    }
    selector.close();
  }
}
