package io.ringmaster.server.listen;

import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardSocketOptions;
import java.nio.channels.ServerSocketChannel;

/**
 * One socket that listens.
 *
 * @param channel to accept from; what it says about its address is not to be believed
 * @param address where it listens, with the port that it has
 */
public record Listening(ServerSocketChannel channel, InetSocketAddress address) {
  /** Connections that may wait to be accepted: while a server hands over to the next one, too. */
  private static final int BACKLOG = 4096;

  /**
   * Binds a socket and lets connections wait at it.
   *
   * @throws BindException the address is in use or not one of this machine's; the message names it
   */
  public static Listening bind(InetSocketAddress address) throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.setOption(StandardSocketOptions.SO_REUSEADDR, true);
      channel.bind(address, BACKLOG);
      InetSocketAddress bound = (InetSocketAddress) channel.getLocalAddress();
      return new Listening(channel, new InetSocketAddress(address.getAddress(), bound.getPort()));
    } catch (IOException e) {
      channel.close();
      BindException named =
          new BindException(
              address.getAddress().getHostAddress()
                  + ":"
                  + address.getPort()
                  + ": "
                  + e.getMessage());
      named.initCause(e);
      throw named;
    }
  }

  /**
   * A channel for a descriptor that listens already. Java makes none from a descriptor: a socket of
   * no further use is opened, and its descriptor becomes another one of that socket.
   *
   * @param descriptor is closed, whatever happens
   * @throws IOException it is no listening TCP socket
   */
  static Listening adopt(Linux linux, int descriptor) throws IOException {
    try {
      InetSocketAddress address = SocketTable.read().address(descriptor);
      if (address == null) {
        throw new IOException("descriptor " + descriptor + " is no listening TCP socket");
      }
      return over(linux, descriptor, address);
    } finally {
      linux.close(descriptor);
    }
  }

  private static Listening over(Linux linux, int descriptor, InetSocketAddress address)
      throws IOException {
    ServerSocketChannel channel = ServerSocketChannel.open();
    try {
      channel.bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 1);
      InetSocketAddress spare = (InetSocketAddress) channel.getLocalAddress();
      int number = SocketTable.read().descriptor(spare);
      if (number < 0) {
        throw new IOException("no descriptor listens at " + spare);
      }
      LinuxException.check("dup3", linux.duplicateTo(descriptor, number));
      return new Listening(channel, address);
    } catch (IOException | RuntimeException e) {
      channel.close();
      throw e;
    }
  }

  /** Another channel of the same socket, which listens until its last one is closed. */
  public Listening duplicate() throws IOException {
    return over(new Linux(), descriptor(), address);
  }

  /** Its descriptor in this process. */
  public int descriptor() throws IOException {
    int descriptor = SocketTable.read().descriptor(address);
    if (descriptor < 0) {
      throw new IOException("no descriptor listens at " + address);
    }
    return descriptor;
  }

  /** As it stands in a URL. */
  public String text() {
    String host = address.getAddress().getHostAddress();
    return (host.indexOf(':') < 0 ? host : "[" + host + "]") + ":" + address.getPort();
  }
}
