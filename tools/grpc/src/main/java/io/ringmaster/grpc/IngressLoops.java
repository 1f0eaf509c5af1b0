package io.ringmaster.grpc;

import io.netty.util.concurrent.FastThreadLocal;
import io.ringmaster.api.Engine;
import io.ringmaster.api.Owner;
import io.ringmaster.ingress.loop.EventLoops;

/** The {@link IngressLoop} of each event loop. */
final class IngressLoops {
  private final EventLoops loops;
  private final FastThreadLocal<IngressLoop> current;

  IngressLoops(EventLoops loops, Engine engine, Owner usual, Intake intake, long arrivalNs) {
    this.loops = loops;
    current =
        new FastThreadLocal<>() {
          @Override
          protected IngressLoop initialValue() {
            return new IngressLoop(loops.current(), engine, usual, intake, arrivalNs);
          }

          @Override
          protected void onRemoval(IngressLoop loop) {
            loop.end();
          }
        };
  }

  /** Streams take no more calls, and end after their last result. */
  void drainStreams() {
    loops.onEach(loop -> current.get().drainStreams());
  }

  /** The loops, which may be others' too, know nothing of it any more. */
  void forget() {
    loops.onEach(loop -> current.remove());
  }

  /** That of the calling event loop. */
  IngressLoop current() {
    return current.get();
  }
}
