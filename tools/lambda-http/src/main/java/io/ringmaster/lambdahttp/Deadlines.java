package io.ringmaster.lambdahttp;

import io.netty.channel.EventLoop;
import io.netty.util.concurrent.ScheduledFuture;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;

/**
 * Looks after the connections of one event loop twice a second: closes what is over its time. No
 * timer per request. On the loop only.
 */
@SuppressWarnings("FutureReturnValueIgnored") // What fails closes the channel.
final class Deadlines implements Runnable {
  private static final long PERIOD_MS = 500;

  /** Something that may be over its time. */
  interface Watched {
    /** Closes itself if it is. */
    void look(long nowNs);

    void close();
  }

  private final EventLoop loop;
  private final Set<Watched> watched = new HashSet<>();
  private volatile ScheduledFuture<?> looking;

  Deadlines(EventLoop loop) {
    this.loop = loop;
  }

  void start() {
    looking = loop.scheduleAtFixedRate(this, PERIOD_MS, PERIOD_MS, TimeUnit.MILLISECONDS);
  }

  void add(Watched each) {
    watched.add(each);
  }

  void remove(Watched each) {
    watched.remove(each);
  }

  @Override
  public void run() {
    long now = System.nanoTime();
    for (Watched each : List.copyOf(watched)) {
      each.look(now);
    }
  }

  /** Closes everything, and looks no more. */
  void closeAll() {
    looking.cancel(false);
    for (Watched each : List.copyOf(watched)) {
      each.close();
    }
  }
}
