package io.ringmaster.sandbox.runtimeapi;

import io.netty.channel.EventLoop;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Reads what a process that has ended had sent. Its sockets are closed, so each of its connections
 * comes to its end by itself when all is read; one that was made and not accepted yet is accepted
 * in the loop's next turn. Event loop only.
 *
 * <p>Looks once in a turn of the loop, for between two turns the loop takes what its sockets have.
 */
final class Ending {
  /** Turns in a row without a connection: the first may have been before one was accepted. */
  private static final int QUIET_TURNS = 3;

  /** So many looks follow each other at once. */
  private static final int QUICK_LOOKS = 16;

  private static final long LOOK_NS = TimeUnit.MILLISECONDS.toNanos(1);

  /**
   * Another process may hold a connection: nothing that matters comes by it. What the process sent
   * lies in the kernel and comes with every turn, however late the turns are: after so long, the
   * first look that finds nothing new is the last.
   */
  static final long LIMIT_NS = TimeUnit.MILLISECONDS.toNanos(900);

  /** Who still sends after that is another process: no buffer holds as much as so many looks. */
  static final int LATE_LOOKS_MAX = 1_000;

  private final RuntimeSide side;
  private final EventLoop loop;
  private final Runnable over;
  private final LongSupplier clockNs;
  private final long beginNs;
  private int looks;
  private int lateLooks;
  private int quiet;

  /** What had been received when it looked last. */
  private long received;

  /**
   * @param clockNs a monotonic clock
   * @param over told once, when all is read
   */
  Ending(RuntimeSide side, EventLoop loop, LongSupplier clockNs, Runnable over) {
    this.side = side;
    this.loop = loop;
    this.clockNs = clockNs;
    this.over = over;
    beginNs = clockNs.getAsLong();
  }

  /** Begins; what follows comes by itself. */
  void begin() {
    side.readOn();
    received = side.received();
    again();
  }

  private void look() {
    quiet = side.connections() == 0 ? quiet + 1 : 0;
    if (quiet < QUIET_TURNS && (clockNs.getAsLong() - beginNs < LIMIT_NS || goesOn())) {
      received = side.received();
      again();
    } else {
      side.close();
      over.run();
    }
  }

  private boolean goesOn() {
    return side.received() != received && ++lateLooks <= LATE_LOOKS_MAX;
  }

  /** A scheduled call is made in a later turn than this one, however short its delay. */
  @SuppressWarnings("FutureReturnValueIgnored")
  private void again() {
    loop.schedule(this::look, looks++ < QUICK_LOOKS ? 0 : LOOK_NS, TimeUnit.NANOSECONDS);
  }
}
