package io.ringmaster.sandbox.runtimeapi;

import io.netty.channel.Channel;
import io.netty.channel.EventLoop;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.RuntimeApiSession;
import java.net.InetSocketAddress;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/** The Runtime API of one sandbox process, as the dispatcher and as the event loop see it. */
final class Session implements RuntimeApiSession, RuntimeSide.Listener {
  /** What became of init; each is told once. */
  private enum Init {
    READY,
    FAILED
  }

  private final EventLoop loop;
  private final RuntimeSide side;
  private final Runnable arrived;
  private final Consumer<Session> onClose;

  /** Slots that have something: each is in it once at most, see {@link Slot#signalled}. */
  private final SpscVarHandleArrayQueue<Slot> signalled;

  /** Put by the event loop, taken by the dispatcher. */
  private final AtomicReference<Init> init = new AtomicReference<>();

  /** Written by the event loop after everything else that it tells. */
  private volatile boolean finished;

  /** Written by the event loop before {@code init}. */
  private byte[] initError;

  // Written by whoever opens and closes.
  private Channel listener;
  private String address;
  private volatile boolean closed;

  // Dispatcher.
  private Slot unfinished;

  Session(EventLoop loop, int slots, Runnable arrived, Consumer<Session> onClose) {
    this.loop = loop;
    this.side = new RuntimeSide(slots, this);
    this.arrived = arrived;
    this.onClose = onClose;
    this.signalled = new SpscVarHandleArrayQueue<>(Math.max(4, slots));
  }

  RuntimeSide side() {
    return side;
  }

  EventLoop loop() {
    return loop;
  }

  /** Before anybody else sees the session. */
  void listensOn(Channel bound) {
    listener = bound;
    InetSocketAddress local = (InetSocketAddress) bound.localAddress();
    address = local.getAddress().getHostAddress() + ":" + local.getPort();
  }

  @Override
  public String address() {
    return address;
  }

  @Override
  public void invoke(int index, Invocation invocation) {
    Slot slot = side.slots[index];
    slot.fill(invocation);
    loop.execute(slot.deliver);
  }

  @Override
  public boolean taken(int index) {
    return side.slots[index].taken();
  }

  @Override
  public void credit(int index, int bytes) {
    Slot slot = side.slots[index];
    if (slot.credit(bytes)) {
      loop.execute(slot.resume);
    }
  }

  @Override
  public int poll(Events sink, int limit) {
    int events = 0;
    if (init.get() != null) {
      events += pollInit(sink);
    }
    while (events < limit && !closed) {
      Slot slot = unfinished;
      if (slot == null) {
        slot = signalled.poll();
        if (slot == null) {
          break;
        }
        slot.signalled.set(false);
      }
      events += slot.drain(sink, limit - events);
      unfinished = slot.hasMore() ? slot : null;
    }
    return events;
  }

  private int pollInit(Events sink) {
    Init came = init.getAndSet(null);
    if (came == null || closed) {
      return 0;
    }
    if (came == Init.READY) {
      sink.ready();
    } else {
      sink.initError(initError);
    }
    return 1;
  }

  @Override
  public void ready() {
    init.set(Init.READY);
    arrived.run();
  }

  @Override
  public void initError(byte[] document) {
    initError = document;
    init.set(Init.FAILED);
    arrived.run();
  }

  @Override
  public void arrived(Slot slot) {
    if (!slot.signalled.getAndSet(true)) {
      signalled.offer(slot);
    }
    arrived.run();
  }

  @Override
  public void finish() {
    try {
      loop.execute(() -> new Ending(side, loop, System::nanoTime, this::isFinished).begin());
    } catch (RejectedExecutionException loopIsGone) {
      isFinished();
    }
  }

  private void isFinished() {
    finished = true;
    arrived.run();
  }

  @Override
  public boolean finished() {
    return finished;
  }

  @Override
  @SuppressWarnings("FutureReturnValueIgnored")
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    onClose.accept(this);
    // Its outcome tells nobody anything: a listener that cannot be closed is closed already.
    listener.close();
    try {
      loop.execute(side::close);
    } catch (RejectedExecutionException loopIsGone) {
      // Its connections went with it.
    }
  }
}
