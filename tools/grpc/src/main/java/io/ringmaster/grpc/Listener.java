package io.ringmaster.grpc;

import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;

/** A listening channel over a socket that somebody else has bound. */
final class Listener extends NioServerSocketChannel {
  private volatile boolean begun;

  Listener(ServerSocketChannel bound) {
    super(bound);
  }

  @Override
  protected void doBind(SocketAddress address) {
    begun = true;
  }

  /** It accepts only when it was "bound", as any other: before, nobody would take connections. */
  @Override
  public boolean isActive() {
    return begun && super.isActive();
  }
}
