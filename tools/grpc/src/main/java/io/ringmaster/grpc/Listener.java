package io.ringmaster.grpc;

import io.netty.channel.Channel;
import io.netty.channel.socket.nio.NioServerSocketChannel;
import java.net.SocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A listening channel that closes connections beyond so many when they come. Over a socket that
 * somebody else has bound, or one of its own.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the channel.
final class Listener extends NioServerSocketChannel {
  private final boolean bound;
  private final int connectionsMax;
  private final AtomicInteger connections = new AtomicInteger();
  private volatile boolean begun;

  Listener(ServerSocketChannel bound, int connectionsMax) {
    super(bound);
    this.bound = true;
    this.connectionsMax = connectionsMax;
  }

  Listener(int connectionsMax) {
    this.bound = false;
    this.connectionsMax = connectionsMax;
  }

  @Override
  protected void doBind(SocketAddress address) throws Exception {
    if (!bound) {
      super.doBind(address);
    }
    begun = true;
  }

  /** It accepts only when it was "bound", as any other: before, nobody would take connections. */
  @Override
  public boolean isActive() {
    return begun && super.isActive();
  }

  @Override
  protected int doReadMessages(List<Object> into) throws Exception {
    int read = super.doReadMessages(into);
    if (read > 0) {
      Channel last = (Channel) into.get(into.size() - 1);
      if (connections.incrementAndGet() > connectionsMax) {
        connections.decrementAndGet();
        into.remove(into.size() - 1);
        last.unsafe().closeForcibly();
        return 0;
      }
      last.closeFuture().addListener(closed -> connections.decrementAndGet());
    }
    return read;
  }
}
