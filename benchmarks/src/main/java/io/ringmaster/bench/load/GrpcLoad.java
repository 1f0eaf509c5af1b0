package io.ringmaster.bench.load;

import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Unary calls over one connection, always so many in flight: whoever measures a server wants a
 * client that leaves it the processors. Calls that ended together begin again together. Belongs to
 * the thread that calls it.
 */
public final class GrpcLoad implements AutoCloseable {
  private final GrpcConnection connection;
  private final int count;
  private long answered;
  private int inFlight;

  /**
   * Connects.
   *
   * @param method full name of a unary method
   * @param request the message, without gRPC's frame
   * @param count calls in flight, at least 1
   */
  public GrpcLoad(InetSocketAddress server, String method, byte[] request, int count)
      throws IOException {
    this.count = count;
    connection = new GrpcConnection(server, method, request);
  }

  /**
   * Calls for so long; what is in flight at the end is awaited, and not counted.
   *
   * @return answers per second
   * @throws IOException a call failed, or is not answered
   */
  public double run(long durationNs) throws IOException {
    long beganNs = System.nanoTime();
    long from = answered;
    begin(count);
    long tookNs;
    do {
      begin(await());
      tookNs = System.nanoTime() - beganNs;
    } while (tookNs < durationNs);
    long counted = answered - from;
    while (inFlight > 0) {
      await();
    }
    return counted * 1e9 / tookNs;
  }

  private void begin(int calls) throws IOException {
    inFlight += calls;
    connection.call(calls);
  }

  /** Waits for answers, one at least. */
  private int await() throws IOException {
    int ended = connection.answers();
    inFlight -= ended;
    answered += ended;
    return ended;
  }

  /** Answers so far. */
  public long answered() {
    return answered;
  }

  /** The last answer's message. */
  public byte[] last() {
    return connection.last();
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
