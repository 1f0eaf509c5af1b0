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

  /** The bell and the timer. */
  private static final int OWN_COUNT = 2;

  private static final long NEVER = Long.MAX_VALUE;

  // Owning agent.
  private final Linux linux;
  private final EpollEvents events;
  private final int epoll;
  private int ready;
  private int turnsWithoutLook;
  private long sleeps;
  private final int timer;

  /** What the timer is set to; {@link #NEVER}: it is not. */
  private long timerNs = NEVER;

  private boolean closed;

  /** What the agent polls while it is awake; null: nothing. */
  private PolledChannels polled;

  private final Spinning spinning = new Spinning(Runtime.getRuntime().availableProcessors());

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
    int clock = linux.timerfd();
    if (clock < 0) {
      linux.close(bell);
      linux.close(epoll);
      throw new LinuxException("timerfd_create", -clock);
    }
    timer = clock;
    watch(bell, Linux.EPOLLIN | Linux.EPOLLET, OWN);
    watch(timer, Linux.EPOLLIN, OWN);
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
    if (polled != null && spin(anythingArrived)) {
      return;
    }
    long wantedNs = polled == null ? Long.MAX_VALUE : polled.sleeps(nowNs);
    flag.arm();
    if (anythingArrived.getAsBoolean()) {
      awake();
      look();
      return;
    }
    sleeps++;
    if (untilNs - nowNs > 0) {
      setTimer(nowNs, wantedNs != Long.MAX_VALUE ? Math.min(untilNs, wantedNs) : untilNs);
      gather(linux.epollWait(epoll, events, -1));
    } else {
      gather(linux.epollWait(epoll, events, 0));
    }
    awake();
  }

  /** Looks for a while where that pays; true: there is something. */
  private boolean spin(BooleanSupplier anythingArrived) {
    if (!polled.awake()) {
      return false;
    }
    long lookNs = spinning.beginNs(polled.inFlight());
    if (lookNs == 0) {
      return false;
    }
    long beginNs = System.nanoTime();
    boolean found;
    do {
      Thread.onSpinWait();
      found = anythingArrived.getAsBoolean();
    } while (!found && System.nanoTime() - beginNs < lookNs);
    spinning.ended(found);
    return found;
  }

  private void awake() {
    flag.disarm();
    if (polled != null) {
      polled.wakes();
    }
  }

  /** What the agent polls, and must tell before it sleeps; {@code anythingArrived} looks there. */
  void polls(PolledChannels channels) {
    polled = channels;
  }

  /**
   * Sees to it that a sleep ends in time. A timer that rings earlier is left as it is: it ends one
   * sleep too early, and in return the sleeps of a busy agent, whose next deadline moves on with
   * every answer, need no timer of their own. It is level-triggered and never read: one that has
   * rung ends every sleep until it is set again, so no ring is missed by whom it found awake.
   */
  private void setTimer(long nowNs, long untilNs) {
    boolean rings = timerNs != NEVER && timerNs - nowNs > 0;
    if (rings ? untilNs == NEVER || timerNs - untilNs <= 0 : timerNs == untilNs) {
      return;
    }
    long aheadNs = untilNs == NEVER ? 0 : untilNs - nowNs;
    LinuxException.check("timerfd_settime", linux.timerfdSet(timer, aheadNs));
    timerNs = untilNs;
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
    // Bell and timer alone are nobody's to take: remembered, they would keep an agent without a
    // driver awake for ever.
    ready = ownOnly(count) ? 0 : Math.max(0, count);
    turnsWithoutLook = 0;
  }

  private boolean ownOnly(int count) {
    if (count > OWN_COUNT) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (events.data(i) != OWN) {
        return false;
      }
    }
    return true;
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
      linux.close(timer);
      linux.close(bell);
      linux.close(epoll);
    }
  }
}
