package io.ringmaster.sandbox.linux.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.OfferedInvocation;
import io.ringmaster.sandbox.linux.channel.Channel.Received;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever the engine does, in whatever order, with a sandbox that keeps to the protocol: each
 * invocation is answered once and in its turn, or is the engine's again and was not begun; and
 * nobody sleeps through anything.
 */
class SegmentWalkTest extends SegmentChannelChecks {
  private enum Fate {
    INSIDE,
    IN_DOUBT,
    TAKEN_BACK
  }

  private static final class Inside {
    final OfferedInvocation invocation;
    Fate fate = Fate.INSIDE;

    Inside(OfferedInvocation invocation) {
      this.invocation = invocation;
    }
  }

  private final ArrayDeque<Inside> line = new ArrayDeque<>();
  private final Sandbox sandbox = new Sandbox();
  private Random random;
  private long sequence;
  private long sleep = Segment.LOOKS;
  private boolean looks = true;

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5, 6, 7, 8})
  void everythingIsAnsweredOrTakenBack(int seed) {
    random = new Random(seed);
    for (int i = 0; i < 20_000; i++) {
      step();
    }
    while (!line.isEmpty()) {
      sleepUntilWoken();
      receiveAll();
    }
    assertNull(channel.running());
    assertTrue(sandbox.ran.size() > 1_000, "ran " + sandbox.ran.size());
    assertTrue(sandbox.skipped > 100, "skipped " + sandbox.skipped);
    assertTrue(sleep > 100, "slept " + sleep);
  }

  // ---- the engine ----

  private void step() {
    switch (random.nextInt(12)) {
      case 0, 1, 2, 3 -> offer();
      case 4 -> revokeOne();
      case 5, 6 -> receiveAll();
      case 7 -> channel.flush(buffers);
      case 8 -> {
        if (!line.isEmpty() && random.nextBoolean()) {
          sleepUntilWoken();
        }
      }
      case 9 -> {
        if (random.nextInt(20) == 0) {
          leaveOrEnter();
        }
      }
      default -> {
        for (int steps = random.nextInt(4); steps >= 0; steps--) {
          sandbox.step();
        }
      }
    }
  }

  private void offer() {
    int kind = random.nextInt(40);
    OfferedInvocation offered =
        kind == 0
            ? new OfferedInvocation(sequence + 1, new byte[random.nextInt(200_000)])
            : offered(sequence + 1);
    boolean taken = true;
    if (channel.running() == null) {
      channel.invoke(buffers, offered);
    } else {
      taken = channel.invokeBehind(buffers, offered);
      boolean small = Frames.fits(offered, Segment.SLOT_BYTES);
      boolean fits = small && !channel.sending();
      assertTrue(taken ? fits : !fits || line.size() >= 7, "room for one behind another");
    }
    if (taken) {
      sequence++;
      line.add(new Inside(offered));
    }
  }

  private void revokeOne() {
    List<Inside> inside = new ArrayList<>(line);
    if (inside.size() > 1) {
      Inside one = inside.get(1 + random.nextInt(inside.size() - 1));
      boolean ours = channel.revoke(one.invocation.sequence);
      assertFalse(ours && one.fate != Fate.INSIDE, "taken back twice");
      if (ours) {
        assertFalse(sandbox.ran.contains(one.invocation.sequence), "it was begun");
        one.fate = Fate.TAKEN_BACK;
      } else if (one.fate == Fate.INSIDE && requestMayBeRevoked(one)) {
        one.fate = Fate.IN_DOUBT;
      }
    }
  }

  private boolean requestMayBeRevoked(Inside one) {
    for (long number = Math.max(1, word(REQUESTS) - 7); number <= word(REQUESTS); number++) {
      ByteBuffer slot = requestSlot(number);
      if (slot.getLong(8) == one.invocation.sequence) {
        return slot.get(5) == Frames.REVOCABLE;
      }
    }
    return false;
  }

  private boolean receiveOne() {
    Received received = channel.receive(buffers);
    switch (received) {
      case NOTHING -> {
        return false;
      }
      case ANSWER -> {
        Inside first = first();
        assertEquals("r" + first.invocation.sequence, text(first.invocation));
        assertTrue(sandbox.ran.contains(first.invocation.sequence));
      }
      case SKIPPED -> {
        Inside first = first();
        assertEquals(Fate.IN_DOUBT, first.fate);
        assertEquals(first.invocation.sequence, channel.skipped());
        assertFalse(sandbox.ran.contains(first.invocation.sequence));
      }
      default -> throw new AssertionError(received + ": " + channel.violation());
    }
    return true;
  }

  /** The one that comes next. */
  private Inside first() {
    Inside first = line.remove();
    while (first.fate == Fate.TAKEN_BACK) {
      assertFalse(sandbox.ran.contains(first.invocation.sequence), "taken back, and begun");
      first = line.remove();
    }
    return first;
  }

  private void receiveAll() {
    boolean more = true;
    while (more) {
      more = receiveOne();
    }
    if (channel.running() == null && !line.isEmpty()) {
      assertTrue(line.stream().allMatch(one -> one.fate == Fate.TAKEN_BACK));
      if (sandbox.hasSkippedAll(line)) {
        line.clear();
      }
    }
  }

  private void leaveOrEnter() {
    looks = !looks;
    if (looks) {
      channel.enter();
    } else {
      channel.leave(buffers);
      receiveAll();
    }
  }

  /** As the dispatcher does: it says so, looks once more, and is woken by a pipe alone. */
  private void sleepUntilWoken() {
    if (looks) {
      channel.sleeps(buffers, ++sleep);
    }
    while (!(looks && channel.answers())
        && !channel.pipes().holdsAnswer()
        && channel.pipes().isSilent(buffers)) {
      boolean mayWake = channel.sending();
      channel.flush(buffers);
      if (!sandbox.step() && !mayWake) {
        assertNull(channel.running(), () -> "both sleep: " + sandbox);
        break;
      }
      assertFalse(
          looks && channel.answers() && channel.pipes().isSilent(buffers),
          "an answer, and nobody is woken");
    }
    if (looks) {
      channel.wakes();
    }
    receiveAll();
  }

  // ---- the sandbox ----

  /** One that follows the engine: it looks into slots as long as that does. */
  private final class Sandbox {
    final Set<Long> ran = new HashSet<>();
    int skipped;
    private final ByteArrayOutputStream piped = new ByteArrayOutputStream();
    private long lastSkipped;
    private boolean polls;
    private boolean leaves;
    private boolean asleep = true;
    private long woken = Segment.LOOKS;
    private long taken;
    private long takenAs;
    private long served;
    private long fromSlots;
    private long runs;

    boolean hasSkippedAll(ArrayDeque<Inside> them) {
      return them.getLast().invocation.sequence <= lastSkipped && channel.pipes().isSilent(buffers);
    }

    /** False: it sleeps. */
    boolean step() {
      if (runs != 0) {
        answer();
      } else if (takenAs != 0) {
        begin();
      } else if (asleep) {
        return readPipe();
      } else if (word(REQUESTS) == taken) {
        word(POLLING, 0);
        asleep = true;
        polls &= !leaves;
      } else {
        return take();
      }
      return true;
    }

    private void answer() {
      byte[] answer = SegmentChannelChecks.answer(runs, "r" + runs);
      runs = 0;
      long engine = word(ENGINE_POLLING);
      if (engine == Segment.LOOKS || engine != 0 && engine == woken) {
        leaves = false;
        polls = true;
        asleep = false;
        word(POLLING, 1);
        slot(answer);
        return;
      }
      woken = engine == 0 ? woken : engine;
      leaves |= polls;
      asleep = !polls;
      write(answer);
    }

    /** False: what comes before it is in the pipe, or is to come there. */
    private boolean take() {
      ByteBuffer slot = requestSlot(taken + 1);
      boolean revocable = slot.get(5) == Frames.REVOCABLE;
      if (revocable && piped(taken + 1) != served - fromSlots) {
        return readPipe();
      }
      taken++;
      if (revocable) {
        word(TAKING, taken);
        takenAs = slot.getLong(8);
      } else {
        fromSlots++;
        run(slot.getLong(8));
      }
      return true;
    }

    private void begin() {
      long number = takenAs;
      takenAs = 0;
      if (revoked(taken) == taken) {
        skipped++;
        lastSkipped = number;
        write(SegmentChannelChecks.skipped(number));
      } else {
        fromSlots++;
        run(number);
      }
    }

    private void run(long number) {
      assertTrue(ran.add(number), "run twice");
      served++;
      runs = number;
    }

    private boolean readPipe() {
      piped.writeBytes(read());
      byte[] bytes = piped.toByteArray();
      ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
      if (bytes.length < 16 || bytes.length < 16 + in.getInt(0)) {
        return false;
      }
      int length = 16 + in.getInt(0);
      piped.reset();
      piped.writeBytes(Arrays.copyOfRange(bytes, length, bytes.length));
      asleep = false;
      if (bytes[4] == Frames.DOORBELL) {
        if (!polls) {
          polls = true;
          leaves = true;
        }
      } else {
        assertEquals(Frames.INVOKE, bytes[4]);
        run(in.getLong(8));
      }
      if (polls) {
        word(POLLING, 1);
      }
      return true;
    }

    @Override
    public String toString() {
      return "taken %d of %d, polls %s, asleep %s".formatted(taken, word(REQUESTS), polls, asleep);
    }
  }
}
