package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.channel.ChannelBuffers;
import io.ringmaster.sandbox.linux.channel.Segment;
import io.ringmaster.sandbox.linux.channel.SegmentChannel;
import java.util.concurrent.TimeUnit;

/**
 * The hot set: processes whose segments the dispatcher looks into while it is awake, so that their
 * answers cost no system call. They are those that answer quickly, and few: a thousand slow
 * sandboxes cost events, not looks. Dispatcher only.
 *
 * <p>Before the dispatcher sleeps it tells them all that it does not look any more ({@link
 * #sleeps}), which a full fence and one more look ({@link #any}) must follow.
 */
final class PolledChannels {
  static final int MAX = 16;

  /** After so long a request whose doorbell was judged unnecessary is looked after. */
  private static final long RESCUE_NS = TimeUnit.MILLISECONDS.toNanos(1);

  private final ChannelBuffers buffers;
  private final DriverCounters counters;
  private final SandboxProcess[] polled = new SandboxProcess[MAX];
  private int count;

  /** Number of the dispatcher's last sleep. */
  private long sleep = Segment.LOOKS;

  PolledChannels(ChannelBuffers buffers, DriverCounters counters) {
    this.buffers = buffers;
    this.counters = counters;
  }

  int count() {
    return count;
  }

  SandboxProcess get(int index) {
    return polled[index];
  }

  /** It has just answered: quick ones come in while there is room, very slow ones go. */
  void answered(SandboxProcess process) {
    int pace = process.shared.pace();
    if (pace > 0 && process.polledAt < 0 && process.state == ProcessState.BOUND) {
      if (count < MAX || leaveIdle()) {
        process.polledAt = count;
        polled[count++] = process;
        process.shared.enter();
      }
    } else if (pace < 0) {
      leave(process);
    }
  }

  /** Makes room by one that has nothing to do now. */
  private boolean leaveIdle() {
    for (int i = 0; i < count; i++) {
      if (polled[i].shared.running() == null) {
        leave(polled[i]);
        return true;
      }
    }
    return false;
  }

  /** Its answers come by the pipe from now on; what is under way comes with a doorbell. */
  void leave(SandboxProcess process) {
    int at = process.polledAt;
    if (at < 0) {
      return;
    }
    process.polledAt = -1;
    SandboxProcess last = polled[--count];
    polled[count] = null;
    if (last != process) {
      polled[at] = last;
      last.polledAt = at;
    }
    process.shared.leave(buffers);
  }

  /** How many of them have an invocation. */
  int inFlight() {
    int busy = 0;
    for (int i = 0; i < count; i++) {
      if (polled[i].shared.running() != null) {
        busy++;
      }
    }
    return busy;
  }

  /** Whether one of them has an invocation that it had not to be woken for. */
  boolean awake() {
    for (int i = 0; i < count; i++) {
      if (polled[i].shared.awake()) {
        return true;
      }
    }
    return false;
  }

  /** Whether one has answered that is listened to; a full window is not overrun by way of slots. */
  boolean answers(int index) {
    return polled[index].watchingResponse && polled[index].shared.answers();
  }

  /** Whether one of them has answered. */
  boolean any() {
    for (int i = 0; i < count; i++) {
      if (answers(i)) {
        return true;
      }
    }
    return false;
  }

  /**
   * The dispatcher looks once more, and then sleeps.
   *
   * @return when it should be awake again, to look after requests without a doorbell; {@link
   *     Long#MAX_VALUE}: for none
   */
  long sleeps(long nowNs) {
    long untilNs = Long.MAX_VALUE;
    sleep++;
    for (int i = 0; i < count; i++) {
      SegmentChannel channel = polled[i].shared;
      channel.sleeps(buffers, sleep);
      long unrungNs = channel.unrungUntilNs(nowNs, RESCUE_NS);
      if (unrungNs != Long.MAX_VALUE && nowNs - unrungNs >= 0) {
        if (channel.rescue(buffers)) {
          counters.doorbellsRescued++;
        }
      } else {
        untilNs = Math.min(untilNs, unrungNs);
      }
    }
    return untilNs;
  }

  /** The dispatcher is awake. */
  void wakes() {
    for (int i = 0; i < count; i++) {
      polled[i].shared.wakes();
    }
  }
}
