package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.Copies;
import io.ringmaster.sandbox.linux.channel.Transfer;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.lang.System.Logger.Level;
import java.lang.foreign.MemorySegment;
import java.util.HashMap;
import java.util.Map;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;

/**
 * Moves large payloads between arrays and pipes, an agent on a thread of its own, so that the
 * dispatcher does not: a piece of each that can go on, in turn.
 *
 * <p>Both queues are bounded by the number of sandbox processes that the dispatcher allows itself,
 * each of which has one transfer at most.
 */
final class Copier implements Copies {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.sandbox");

  /** Large enough that the system call costs little, small enough to stay in a near cache. */
  private static final int PIECE_BYTES = 256 * 1024;

  // From the dispatcher.
  private final Queue<Transfer> changes = new ConcurrentLinkedQueue<>();
  private final EpollSleeper sleeper = EpollSleeper.open();
  private final Linux closer = new Linux();
  private volatile boolean closing;

  /** Written by the agent, once; the dispatcher looks at it behind what it adds to the queue. */
  private volatile boolean works = true;

  // To the dispatcher.
  private final Queue<Transfer> moved;
  private final EpollSleeper dispatcher;

  // This agent.
  private final Linux linux = new Linux();
  private final MemorySegment staging = linux.allocate(PIECE_BYTES);
  private final Map<Transfer, Long> numbers = new HashMap<>();
  private final Map<Long, Transfer> waiting = new HashMap<>();
  private long lastNumber;

  private final Thread thread;

  /**
   * Starts it.
   *
   * @param moved gets what is over
   * @param dispatcher is woken then
   */
  Copier(Queue<Transfer> moved, EpollSleeper dispatcher) {
    this.moved = moved;
    this.dispatcher = dispatcher;
    thread = Thread.ofPlatform().daemon().name("ringmaster-copier").start(this::run);
  }

  // ---- dispatcher ----

  @Override
  public boolean works() {
    return works;
  }

  @Override
  public void begin(Transfer transfer) {
    changed(transfer);
  }

  @Override
  public void changed(Transfer transfer) {
    changes.add(transfer);
    if (works) {
      sleeper.wake();
    } else {
      giveUpRest(closer); // it failed meanwhile
    }
  }

  /** Ends it, and waits for that; what is under way is dropped. */
  void close() {
    closing = true;
    sleeper.wake();
    boolean interrupted = false;
    while (thread.isAlive()) {
      try {
        thread.join();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    sleeper.close();
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  // ---- the agent ----

  private void run() {
    try {
      while (!closing) {
        long nowNs = System.nanoTime();
        sleeper.await(nowNs, Long.MAX_VALUE, () -> closing || !changes.isEmpty());
        duty();
      }
    } catch (RuntimeException | Error e) {
      LOG.log(Level.ERROR, "the copier failed; the dispatcher copies large payloads itself", e);
    } finally {
      works = false;
      numbers.keySet().forEach(transfer -> giveUp(linux, transfer));
      giveUpRest(linux);
    }
  }

  /** What was begun and never looked at. */
  private void giveUpRest(Linux by) {
    Transfer begun;
    while ((begun = changes.poll()) != null) {
      if (!begun.over()) {
        giveUp(by, begun);
      }
    }
  }

  private void giveUp(Linux by, Transfer transfer) {
    transfer.giveUp();
    by.close(transfer.fd());
    moved.add(transfer);
    dispatcher.wake();
  }

  private void duty() {
    Transfer changed;
    while ((changed = changes.poll()) != null) {
      if (!changed.over()) {
        move(changed);
      }
    }
    for (int i = 0; i < sleeper.readyCount(); i++) {
      Transfer ready = waiting.get(sleeper.readyData(i));
      if (ready != null) {
        move(ready);
      }
    }
    sleeper.forgetReady();
  }

  private void move(Transfer transfer) {
    Long number = numbers.get(transfer);
    try {
      if (!transfer.move(linux, staging) && number == null) {
        watch(transfer);
      }
    } catch (LinuxException | OutOfMemoryError e) {
      transfer.giveUp(); // the dispatcher meets the same, where it is counted and told
    }
    if (transfer.over()) {
      waiting.remove(numbers.remove(transfer));
      if (number != null) {
        sleeper.unwatch(transfer.fd());
      }
      linux.close(transfer.fd());
      moved.add(transfer);
      dispatcher.wake();
    }
  }

  /** Nothing fails once it is watched. */
  private void watch(Transfer transfer) {
    long number = ++lastNumber;
    numbers.put(transfer, number);
    waiting.put(number, transfer);
    sleeper.watch(transfer.fd(), transfer.awaited(), number);
  }
}
