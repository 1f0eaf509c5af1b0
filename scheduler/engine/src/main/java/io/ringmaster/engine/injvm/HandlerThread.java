package io.ringmaster.engine.injvm;

import io.ringmaster.api.InJvmHandler;
import io.ringmaster.sandbox.spi.Slots;
import java.lang.invoke.VarHandle;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.jctools.queues.varhandle.SpscVarHandleArrayQueue;

/**
 * The thread of one in-JVM environment: runs its handler, one invocation after the other, until it
 * is told to end.
 */
final class HandlerThread implements Runnable {
  private static final int SPINS = 64;

  /**
   * Looks of a handler that does not block before it sleeps; between them it gives the processor
   * away.
   */
  private static final int LOOKS = 32;

  /** Answers of which the dispatcher hears together, while more wait to be made. */
  private static final int UNTOLD_MAX = 32;

  /** Answers wait no longer than this and what the handler then does with the next invocation. */
  private static final long UNTOLD_NS = 20_000;

  final int sandbox;
  final InJvmHandler handler;
  final HandlerSlot[] slots;
  final Thread thread;
  private final InJvmDriver driver;
  private final SpscVarHandleArrayQueue<HandlerSlot> queue;

  /** Slots were queued since the last {@link #wake}. Dispatcher. */
  boolean unheard;

  private final AtomicLong lines = new AtomicLong();
  private volatile boolean ending;
  private volatile boolean waiting;

  /** Reported since the dispatcher was last woken. Handler's thread. */
  private int untold;

  private long toldNs;

  HandlerThread(InJvmDriver driver, int sandbox, String name, InJvmHandler handler, int slotCount) {
    this.driver = driver;
    this.sandbox = sandbox;
    this.handler = handler;
    this.queue = new SpscVarHandleArrayQueue<>(Math.max(2, slotCount));
    this.slots = new HandlerSlot[slotCount];
    for (int i = 0; i < slotCount; i++) {
      slots[i] = new HandlerSlot(this, Slots.slot(sandbox, i));
    }
    this.thread = Thread.ofPlatform().name(name).daemon().unstarted(this);
  }

  /** Queues a filled slot; {@link #wake} must follow. Dispatcher. */
  void submit(HandlerSlot slot) {
    if (!queue.offer(slot)) {
      throw new IllegalStateException("more slots than places");
    }
  }

  /** Wakes the thread if it sleeps: once for all slots that were queued before. Dispatcher. */
  void wake() {
    VarHandle.fullFence();
    if (waiting) {
      LockSupport.unpark(thread);
    }
  }

  /** Tells the thread to end after what runs, and interrupts that. Dispatcher. */
  void end() {
    ending = true;
    thread.interrupt();
  }

  /** Only handlers that do not block have several slots. */
  boolean nonBlocking() {
    return slots.length > 1;
  }

  boolean isEnding() {
    return ending;
  }

  /** Hands a part of a streamed answer over. Handler's thread. */
  void part(HandlerPart part) {
    driver.report(part);
  }

  /** Any thread of the handler's. */
  void log(String line) {
    driver.log(sandbox, lines.incrementAndGet(), line);
  }

  @Override
  public void run() {
    try {
      while (!ending) {
        HandlerSlot slot = next();
        if (slot != null && slot.begin()) {
          handle(slot);
          slot.logMark = lines.get();
          driver.queue(slot);
          if (++untold == UNTOLD_MAX || System.nanoTime() - toldNs > UNTOLD_NS) {
            tell();
          }
        }
      }
    } finally {
      driver.ended(this);
    }
  }

  /** Wakes the dispatcher, if it has not heard of everything. */
  private void tell() {
    toldNs = System.nanoTime();
    if (untold > 0) {
      untold = 0;
      driver.tell();
    }
  }

  private HandlerSlot next() {
    HandlerSlot queued = queue.relaxedPoll();
    if (queued != null) {
      return queued;
    }
    tell();
    for (int i = 0; i < SPINS; i++) {
      HandlerSlot slot = queue.relaxedPoll();
      if (slot != null) {
        return slot;
      }
      Thread.onSpinWait();
    }
    for (int i = 0; nonBlocking() && i < LOOKS; i++) {
      Thread.yield();
      HandlerSlot slot = queue.relaxedPoll();
      if (slot != null) {
        return slot;
      }
    }
    waiting = true;
    HandlerSlot slot = queue.poll();
    if (slot == null && !ending) {
      LockSupport.park(this);
      slot = queue.poll();
    }
    waiting = false;
    return slot;
  }

  private void handle(HandlerSlot slot) {
    try {
      handler.handle(slot, slot);
      if (slot.streams()) {
        slot.stream().flush();
      } else if (slot.answer.length() == 0) {
        slot.write("null");
      }
    } catch (Throwable thrown) {
      slot.functionError = true;
      slot.answer.clear();
      slot.write(ThrownDocument.of(thrown));
    }
    if (!ending) {
      Thread.interrupted(); // what the handler left behind is not the next one's
    }
  }
}
