package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.spi.Sleeper;
import io.ringmaster.sandbox.system.EpollEvents;
import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.LinuxException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.function.BooleanSupplier;

/**
 * Sleeps in {@code epoll_wait}, over an event counter of its own and the descriptors that its
 * agent's driver watches.
 *
 * <p>Descriptors that were found ready are remembered until the driver takes them ({@link
 * #readyCount}, {@link #readyData}, {@link #forgetReady}), so that a sleep that a response ended
 * costs no second look.
 *
 * <p>The two sides of a wake-up, which must not miss each other, are {@link WakeFlag}'s. The event
 * counter is edge-triggered: each ring is a new edge, so it is never read.
 *
 * <p>All methods but {@link #wake} belong to the owning agent.
 */
public final class EpollSleeper implements Sleeper {
  private static final int READY_MAX = 256;
  private static final int TURNS_WITHOUT_LOOK_MAX = 4;
  private static final long OWN = -1;
  // Owning agent.
  private final Linux linux;
  private final EpollEvents events;
  private final int epoll;
  private int ready;
  private int turnsWithoutLook;
  private long sleeps;
  private boolean closed;

  private final WakeFlag flag = new WakeFlag();

  // Publishers. They share one place for errno, which none of them reads.
  private final Linux ringer;
  private final MemorySegment one;
  private final int bell;

  private EpollSleeper(Linux linux, Linux ringer) {
    this.linux = linux;
    this.ringer = ringer;
    events = linux.epollEvents(READY_MAX);
    one = ringer.allocate(8);
    one.set(ValueLayout.JAVA_LONG, 0, 1);
    epoll = (int) LinuxException.check("epoll_create1", linux.epollCreate());
    int counter = linux.eventfd();
    if (counter < 0) {
      linux.close(epoll);
      throw new LinuxException("eventfd2", -counter);
    }
    bell = counter;
    watch(bell, Linux.EPOLLIN | Linux.EPOLLET, OWN);
  }

  /**
   * A new sleeper; any thread may open it, before its agent begins.
   *
   * @throws LinuxException when there are no descriptors left
   */
  public static EpollSleeper open() {
    return new EpollSleeper(new Linux(), new Linux());
  }

  /**
   * Watches a descriptor.
   *
   * @param awaited {@link Linux#EPOLLIN} or {@link Linux#EPOLLOUT}, level-triggered unless {@link
   *     Linux#EPOLLET} is added
   * @param data not negative; {@link #readyData} gives it back
   * @throws LinuxException when the kernel refuses
   */
  void watch(int fd, int awaited, long data) {
    LinuxException.check(
        "epoll_ctl", linux.epollControl(epoll, Linux.EPOLL_CTL_ADD, fd, awaited, data));
  }

  /** Ends {@link #watch}; to be called before the descriptor is closed. */
  void unwatch(int fd) {
    LinuxException.check("epoll_ctl", linux.epollControl(epoll, Linux.EPOLL_CTL_DEL, fd, 0, 0));
  }

  @Override
  public void await(long nowNs, long untilNs, BooleanSupplier anythingArrived) {
    if (ready > 0) {
      return;
    }
    flag.arm();
    if (anythingArrived.getAsBoolean()) {
      flag.disarm();
      look();
      return;
    }
    sleeps++;
    long timeoutNs = untilNs == Long.MAX_VALUE ? -1 : Math.max(0, untilNs - nowNs);
    gather(linux.epollWait(epoll, events, timeoutNs));
    flag.disarm();
  }

  /**
   * As {@link #look}, but only when several turns went by without one: an agent with nothing to do
   * looks anyway, by {@link #await}, and one that is never idle needs no look in each turn.
   */
  void lookIfOverdue() {
    if (++turnsWithoutLook >= TURNS_WITHOUT_LOOK_MAX) {
      look();
    }
  }

  /** Finds what is ready, without sleeping, unless something is remembered still. */
  public void look() {
    if (ready == 0) {
      gather(linux.epollWait(epoll, events, 0));
    }
  }

  private void gather(int count) {
    if (count < 0 && count != -Errno.EINTR) {
      throw new LinuxException("epoll_wait", -count);
    }
    // The bell alone is nobody's to take: remembered, it would keep an agent without a driver awake
    // for ever.
    boolean bellOnly = count == 1 && events.data(0) == OWN;
    ready = bellOnly ? 0 : Math.max(0, count);
    turnsWithoutLook = 0;
  }

  /**
   * Number of remembered entries; some are none of the driver's ({@link #readyData} is negative).
   */
  int readyCount() {
    return ready;
  }

  /** The data of a remembered entry; negative: pass over it. */
  long readyData(int index) {
    return events.data(index);
  }

  /** What was found at a remembered entry, {@link Linux#EPOLLIN} …. */
  int readyEvents(int index) {
    return events.events(index);
  }

  /** All remembered entries were dealt with. */
  void forgetReady() {
    ready = 0;
  }

  /** How often the agent slept. */
  public long sleeps() {
    return sleeps;
  }

  @Override
  public void wake() {
    if (flag.take()) {
      ringer.write(bell, one.address(), 8);
    }
  }

  /** Gives the descriptors back. No thread may call {@link #wake} any more. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      linux.close(bell);
      linux.close(epoll);
    }
  }
}
