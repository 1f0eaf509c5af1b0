package io.ringmaster.core.settle;

import io.ringmaster.core.model.StreamedResponse;
import io.ringmaster.sandbox.spi.Sleeper;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;

/**
 * Streams whose callers consumed something, on their way to the dispatcher: any thread pushes, the
 * dispatcher takes all at once. Linked through the streams, each in it once at most: so it is as
 * bounded as they are, never full, and allocates nothing.
 *
 * <p>Ordering pair: a push is a volatile write of {@link #top}, and {@link Sleeper#wake} has a full
 * fence behind it; the dispatcher looks at {@link #isEmpty} once more behind the fence of its
 * sleep.
 */
public final class CreditStack implements Consumer<StreamedResponse> {
  private final AtomicReference<StreamedResponse> top = new AtomicReference<>();
  private final Sleeper sleeper;

  /**
   * @param sleeper the dispatcher's
   */
  public CreditStack(Sleeper sleeper) {
    this.sleeper = sleeper;
  }

  /** Pushes a stream that is not in the stack. Any thread. */
  @Override
  public void accept(StreamedResponse stream) {
    StreamedResponse below;
    do {
      below = top.get();
      stream.nextSignalled = below;
    } while (!top.compareAndSet(below, stream));
    sleeper.wake();
  }

  /** Takes all; the first, or null. Dispatcher thread. */
  public StreamedResponse takeAll() {
    return top.get() == null ? null : top.getAndSet(null);
  }

  /** Whether no stream is in it. Any thread. */
  public boolean isEmpty() {
    return top.get() == null;
  }
}
