package io.ringmaster.bench.load;

import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import java.io.IOException;
import java.net.InetSocketAddress;

/**
 * Invocations over one stream, always so many in flight, by a client that leaves the processors to
 * the server as {@link GrpcLoad} does. Belongs to the thread that calls it.
 */
public final class GrpcStreamLoad implements AutoCloseable {
  private final GrpcStreamConnection connection;
  private long answered;

  /**
   * Connects.
   *
   * @param count invocations in flight, at least 1
   */
  public GrpcStreamLoad(InetSocketAddress server, InvokeRequest request, int count)
      throws IOException {
    connection = new GrpcStreamConnection(server, request, count);
  }

  /**
   * Invokes for so long; what is in flight at the end is awaited, and not counted.
   *
   * @return answers per second
   * @throws IOException an invocation was refused, or is not answered
   */
  public double run(long durationNs) throws IOException {
    long beganNs = System.nanoTime();
    long from = answered;
    long tookNs;
    do {
      connection.call();
      answered += connection.answers(true);
      tookNs = System.nanoTime() - beganNs;
    } while (tookNs < durationNs);
    long counted = answered - from;
    while (connection.inFlight() > 0) {
      answered += connection.answers(false);
    }
    return counted * 1e9 / tookNs;
  }

  /** Answers so far. */
  public long answered() {
    return answered;
  }

  /**
   * The last answer.
   *
   * @throws IOException it is none
   */
  public InvokeResponse last() throws IOException {
    return connection.last();
  }

  @Override
  public void close() throws IOException {
    connection.close();
  }
}
