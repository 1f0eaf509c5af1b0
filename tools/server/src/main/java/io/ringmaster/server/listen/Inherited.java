package io.ringmaster.server.listen;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.server.config.Address;
import java.io.IOException;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;

/**
 * Listening sockets that were there before this process: systemd's ({@code LISTEN_FDS}, see {@code
 * sd_listen_fds(3)}), or those of the server that is taken over from. One thread.
 */
public final class Inherited implements AutoCloseable {
  private static final int FIRST = 3;

  private final List<Listening> sockets = new ArrayList<>();

  private Inherited() {}

  /**
   * Those that systemd passes to this process.
   *
   * @throws IOException a descriptor is no listening TCP socket
   */
  public static Inherited fromSystemd(Map<String, String> environment) throws IOException {
    String pid = environment.get("LISTEN_PID");
    String count = environment.get("LISTEN_FDS");
    if (pid == null
        || count == null
        || !pid.equals(Long.toString(ProcessHandle.current().pid()))
        || !count.matches("[0-9]{1,3}")) {
      return new Inherited();
    }
    int[] descriptors = new int[Integer.parseInt(count)];
    for (int i = 0; i < descriptors.length; i++) {
      descriptors[i] = FIRST + i;
    }
    return of(descriptors);
  }

  /**
   * For descriptors, which are taken over.
   *
   * @throws IOException one is no listening TCP socket; all are closed
   */
  public static Inherited of(int... descriptors) throws IOException {
    Linux linux = new Linux();
    Inherited inherited = new Inherited();
    int next = 0;
    try {
      while (next < descriptors.length) {
        inherited.sockets.add(Listening.adopt(linux, descriptors[next++]));
      }
      return inherited;
    } catch (IOException | RuntimeException e) {
      while (next < descriptors.length) {
        linux.close(descriptors[next++]);
      }
      inherited.close();
      throw e;
    }
  }

  /**
   * The one for an address, which it is given with, or a new one.
   *
   * @throws java.net.BindException there is none, and none can be bound
   */
  public Listening listening(Address address) throws IOException {
    for (Iterator<Listening> each = sockets.iterator(); each.hasNext(); ) {
      Listening socket = each.next();
      boolean port = address.port() == socket.address().getPort();
      if (port && socket.address().getAddress().equals(address.resolved())) {
        each.remove();
        return socket;
      }
    }
    return Listening.bind(address.socketAddress());
  }

  /** Closes those that nobody took. */
  @Override
  public void close() throws IOException {
    for (Listening socket : sockets) {
      socket.channel().close();
    }
    sockets.clear();
  }
}
