package io.ringmaster.grpc;

import io.netty.channel.EventLoopGroup;
import io.netty.util.concurrent.EventExecutor;
import io.netty.util.concurrent.FastThreadLocal;
import io.ringmaster.api.Engine;
import io.ringmaster.api.Owner;

/** The {@link IngressLoop} of each event loop. */
final class IngressLoops {
  private final EventLoopGroup loops;
  private final FastThreadLocal<IngressLoop> current;

  IngressLoops(EventLoopGroup loops, Engine engine, Owner usual, Intake intake) {
    this.loops = loops;
    current =
        new FastThreadLocal<>() {
          @Override
          protected IngressLoop initialValue() {
            for (EventExecutor loop : loops) {
              if (loop.inEventLoop()) {
                return new IngressLoop(loop, engine, usual, intake);
              }
            }
            throw new IllegalStateException("not on an event loop of the ingress");
          }
        };
  }

  /** Streams take no more calls, and end after their last result. */
  void drainStreams() {
    for (EventExecutor loop : loops) {
      if (!loop.isShuttingDown()) {
        loop.execute(() -> current.get().drainStreams());
      }
    }
  }

  /** The loops, which may be others' too, know nothing of it any more. */
  void forget() {
    for (EventExecutor loop : loops) {
      if (!loop.isShuttingDown()) {
        loop.execute(current::remove);
      }
    }
  }

  /** That of the calling event loop. */
  IngressLoop current() {
    return current.get();
  }
}
