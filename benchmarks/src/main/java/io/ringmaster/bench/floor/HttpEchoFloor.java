package io.ringmaster.bench.floor;

import io.ringmaster.bench.harness.Probe;
import io.ringmaster.bench.load.HttpLoad;
import io.ringmaster.bench.load.ServerTime;
import java.io.IOException;

/**
 * Floor of {@code http.invoke.noop}: the same load, and a bare server that answers with the body.
 */
public final class HttpEchoFloor implements Probe {
  private final HttpServer server;
  private final HttpLoad load;
  private final ServerTime time = new ServerTime();

  /**
   * Opens server and connections.
   *
   * @param loops event loops of the server
   * @param connections keep-alive connections
   */
  public HttpEchoFloor(int loops, int connections) throws IOException {
    server = HttpServer.answering(loops, () -> HttpServer::echo);
    try {
      load = new HttpLoad(server.address(), connections, HttpLoad.invoke("echo", Frames.EVENT));
    } catch (IOException e) {
      server.close();
      throw e;
    }
  }

  @Override
  public double round(long durationNs) throws IOException {
    return time.perAnswerUs(load, durationNs);
  }

  @Override
  public long samples() {
    return load.answered();
  }

  @Override
  public void close() throws IOException {
    load.close();
    server.close();
  }
}
