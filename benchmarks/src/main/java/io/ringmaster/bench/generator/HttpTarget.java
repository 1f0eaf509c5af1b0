package io.ringmaster.bench.generator;

import io.ringmaster.bench.load.HttpLoad;
import io.ringmaster.bench.load.HttpSlots;
import java.io.IOException;
import java.net.InetSocketAddress;

/** A function behind the Lambda API: a keep-alive connection for each slot. */
public final class HttpTarget implements LoadTarget {
  private final HttpSlots connections;
  private final int slots;

  /**
   * Connects.
   *
   * @param slots connections, at least 1
   * @throws IOException it cannot
   */
  public HttpTarget(InetSocketAddress server, String function, byte[] payload, int slots)
      throws IOException {
    this.slots = slots;
    connections = new HttpSlots(server, slots, HttpLoad.invoke(function, payload));
  }

  @Override
  public int slots() {
    return slots;
  }

  @Override
  public void open(Answers answers) {
    connections.open(answers::answered);
  }

  @Override
  public void submit(int slot) {
    connections.send(slot);
  }

  @Override
  public void close() throws IOException {
    connections.close();
  }
}
