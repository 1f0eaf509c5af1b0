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
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Several invocations behind the one that runs, in a sandbox that keeps to the protocol. */
class SegmentChainTest extends SegmentChannelChecks {
  private static final int BEHIND = 6;

  /** Kinds of the whole frames in what was read. */
  private static int[] kinds(byte[] read) {
    ByteBuffer frames = ByteBuffer.wrap(read).order(ByteOrder.LITTLE_ENDIAN);
    int[] kinds = new int[read.length / 16];
    int count = 0;
    for (int at = 0; at < read.length; at += 16 + frames.getInt(at)) {
      kinds[count++] = frames.get(at + 4);
    }
    return Arrays.copyOf(kinds, count);
  }

  private void rings(int doorbells) {
    int[] expected = new int[doorbells];
    Arrays.fill(expected, Frames.DOORBELL);
    assertEquals(Arrays.toString(expected), Arrays.toString(kinds(read())));
  }

  // ---- room ----

  @Test
  void sixLieBehindOneAndASeventhIsRefused() {
    assertEquals(BEHIND, channel.prefetches());
    for (long first = 1; first < 100; first += 1 + BEHIND) {
      OfferedInvocation[] chain = chain(first, BEHIND);
      assertFalse(channel.invokeBehind(buffers, offered(first + 7)));
      assertEquals(first + BEHIND, word(REQUESTS));
      for (int i = 0; i <= BEHIND; i++) {
        ByteBuffer frame = requestSlot(first + i);
        assertEquals(first + i, frame.getLong(8));
        assertEquals(i == 0 ? 0 : Frames.REVOCABLE, frame.get(5));
        assertEquals(first + i, channel.running().sequence());
        slot(answer(first + i, "r" + i));
        answers(chain[i], "r" + i);
      }
      assertNull(channel.running());
    }
    assertEquals(0, read().length);
  }

  @Test
  void anAnswerMakesRoomForOne() {
    OfferedInvocation[] chain = chain(1, BEHIND);
    for (int i = 0; i <= BEHIND; i++) {
      slot(answer(1 + i, "a"));
      answers(chain[i], "a");
      invokeBehindIfOneRuns(8 + i);
    }
  }

  private void invokeBehindIfOneRuns(long sequence) {
    if (channel.running() != null) {
      invokeBehind(sequence);
      assertFalse(channel.invokeBehind(buffers, offered(sequence + 100)));
    }
  }

  /** Its slot is read until then. */
  @Test
  void whatWasTakenBackHasItsPlaceUntilItWasSkipped() {
    OfferedInvocation[] chain = chain(1, BEHIND);
    for (long sequence = 7; sequence > 1; sequence--) {
      assertTrue(channel.revoke(sequence));
      assertFalse(channel.invokeBehind(buffers, offered(8)));
    }
    slot(answer(1, "a"));
    answers(chain[0], "a");
    assertNull(channel.running());
    OfferedInvocation next = invoke(8); // in the last slot
    assertFalse(channel.invokeBehind(buffers, offered(9)));
    slot(skipped(2));
    assertEquals(Received.NOTHING, channel.receive(buffers), channel::violation);
    invokeBehind(9);
    assertFalse(channel.invokeBehind(buffers, offered(10)));
    for (long sequence = 3; sequence <= 7; sequence++) {
      assertEquals(sequence, revoked(sequence));
      slot(skipped(sequence));
    }
    slot(answer(8, "h"));
    answers(next, "h");
  }

  @Test
  void nothingLiesBehindWhatIsStillBeingSent() {
    OfferedInvocation large = new OfferedInvocation(1, new byte[2_000_000]);
    channel.invoke(buffers, large);
    assertTrue(channel.sending());
    assertFalse(channel.invokeBehind(buffers, offered(2)));
    while (channel.flush(buffers)) {
      read();
    }
    assertTrue(channel.invokeBehind(buffers, offered(2)));
    assertFalse(channel.invokeBehind(buffers, new OfferedInvocation(3, new byte[70_000])));
  }

  // ---- order ----

  /** All ways in which seven answers can come, by the pipe and by slots, at once or one by one. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void answersComeInOrderWhicheverWay(boolean atOnce) {
    for (int ways = 0; ways < 1 << 1 + BEHIND; ways++) {
      long first = 1 + 7L * ways;
      OfferedInvocation[] chain = chain(first, BEHIND);
      for (int i = 0; i <= BEHIND; i++) {
        send((ways >> i & 1) != 0, answer(first + i, "r" + i));
        if (!atOnce) {
          answers(chain[i], "r" + i);
        }
      }
      for (int i = 0; atOnce && i <= BEHIND; i++) {
        assertTrue(i == 0 || channel.holdsAnswer() || channel.running() != null);
        answers(chain[i], "r" + i);
      }
      assertEquals(Received.NOTHING, channel.receive(buffers), channel::violation);
    }
  }

  /** Every set of six is taken back in time, in several orders; skips come as answers do. */
  @Test
  void anyOfThemAreTakenBackInAnyOrder() {
    Random random = new Random(5);
    for (int set = 0; set < 1 << BEHIND; set++) {
      long first = 1 + 7L * set;
      OfferedInvocation[] chain = chain(first, BEHIND);
      int start = random.nextInt(BEHIND);
      int step = random.nextBoolean() ? 1 : 5;
      for (int i = 0, at = start; i < BEHIND; i++, at = (at + step) % BEHIND) {
        if ((set >> at & 1) != 0) {
          assertTrue(channel.revoke(first + 1 + at));
          assertFalse(channel.revoke(first + 1 + at), "twice");
          assertEquals(first + 1 + at, revoked(first + 1 + at));
        }
      }
      for (int i = 0; i <= BEHIND; i++) {
        boolean skips = i > 0 && (set >> i - 1 & 1) != 0;
        send(
            random.nextBoolean(),
            skips ? skipped(first + i) : answer(first + i, "r" + (first + i)));
      }
      for (int i = 0; i <= BEHIND; i++) {
        if (i == 0 || (set >> i - 1 & 1) == 0) {
          answers(chain[i], "r" + (first + i));
        } else {
          assertEquals("", text(chain[i]));
        }
      }
      assertEquals(Received.NOTHING, channel.receive(buffers), channel::violation);
      assertNull(channel.running());
    }
  }

  /** In a word of its own for each slot: those round about it are still to be run. */
  @Test
  void oneThatIsTakenBackSaysNothingOfOthers() {
    chain(1, BEHIND);
    assertTrue(channel.revoke(4));
    for (long other : new long[] {1, 2, 3, 5, 6, 7}) {
      assertEquals(0, revoked(other));
    }
    assertFalse(channel.revoke(1)); // it runs
    assertFalse(channel.revoke(8)); // nobody knows it
    assertEquals(0, revoked(1));
    assertEquals(0, revoked(8));
    assertEquals(1, channel.running().sequence());
  }

  @Test
  void theOneBehindWhatWasTakenBackIsNext() {
    OfferedInvocation[] chain = chain(1, 3);
    slot(answer(1, "a"));
    answers(chain[0], "a");
    assertTrue(channel.unbegun());
    assertTrue(channel.revoke(2));
    assertEquals(3, channel.running().sequence());
    assertTrue(channel.unbegun());
    word(TAKING, 3);
    assertFalse(channel.unbegun());
    slot(skipped(2));
    slot(answer(3, "c"));
    answers(chain[2], "c");
    assertEquals(4, channel.running().sequence());
  }

  // ---- in doubt ----

  /** The sandbox has come to it, and others lie behind; it has begun it, or it has not. */
  @ParameterizedTest
  @CsvSource({
    "true,true,true", "true,true,false", "true,false,true", "true,false,false",
    "false,true,true", "false,true,false", "false,false,true", "false,false,false"
  })
  void oneInDoubtWithOthersBehindIt(boolean promoted, boolean begun, boolean bySlot) {
    OfferedInvocation[] chain = chain(1, 4);
    word(TAKING, 2);
    slot(answer(1, "a"));
    if (promoted) {
      answers(chain[0], "a");
    }
    assertTrue(channel.revoke(4));
    assertFalse(channel.revoke(2));
    assertFalse(channel.revoke(2));
    assertTrue(channel.revoke(3));
    if (!promoted) {
      answers(chain[0], "a");
    }
    assertEquals(2, channel.running().sequence());
    assertFalse(channel.unbegun());
    send(bySlot, begun ? answer(2, "b") : skipped(2));
    if (begun) {
      answers(chain[1], "b");
    } else {
      skips(2);
    }
    assertEquals(5, channel.running().sequence());
    send(bySlot, skipped(3));
    assertEquals(Received.NOTHING, channel.receive(buffers), channel::violation);
    send(!bySlot, skipped(4));
    send(bySlot, answer(5, "e"));
    answers(chain[4], "e");
  }

  @Test
  void allInDoubt() {
    OfferedInvocation[] chain = chain(1, BEHIND);
    slot(answer(1, "a"));
    answers(chain[0], "a");
    word(TAKING, 7);
    for (long sequence = 2; sequence <= 7; sequence++) {
      assertFalse(channel.revoke(sequence));
    }
    for (long sequence = 2; sequence <= 7; sequence++) {
      if ((sequence & 1) == 0) {
        slot(skipped(sequence));
        skips(sequence);
      } else {
        write(answer(sequence, "r"));
        answers(chain[(int) sequence - 1], "r");
      }
    }
    assertNull(channel.running());
  }

  // ---- a large one by the pipe ----

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void severalSkipsMeetALargeRequest(boolean bySlot) {
    OfferedInvocation[] chain = chain(1, 3);
    for (long sequence = 2; sequence <= 4; sequence++) {
      assertTrue(channel.revoke(sequence));
    }
    slot(answer(1, "a"));
    answers(chain[0], "a");
    assertEquals(0, read().length);
    OfferedInvocation large = new OfferedInvocation(5, new byte[1_000_000]);
    channel.invoke(buffers, large);
    ByteArrayOutputStream came = new ByteArrayOutputStream();
    for (long sequence = 2; sequence <= 4; sequence++) {
      assertTrue(channel.sending());
      came.writeBytes(read());
      send(bySlot, skipped(sequence));
      assertEquals(Received.NOTHING, channel.receive(buffers), channel::violation);
      channel.flush(buffers);
    }
    while (channel.flush(buffers)) {
      came.writeBytes(read());
    }
    came.writeBytes(read());
    // What is to be skipped comes first: whoever reads the pipe looks into slots before that.
    assertEquals(
        Arrays.toString(new int[] {Frames.DOORBELL, Frames.INVOKE}),
        Arrays.toString(kinds(came.toByteArray())));
    OfferedInvocation behind = invokeBehind(6);
    assertEquals(1, piped(5));
    assertEquals(0, piped(4));
    write(answer(5, "e"));
    slot(answer(6, "f"));
    answers(large, "e");
    answers(behind, "f");
  }

  // ---- doorbells ----

  /** It has one that it was woken for. */
  private OfferedInvocation[] unlooking(int behind) {
    OfferedInvocation[] chain = new OfferedInvocation[behind + 1];
    chain[0] = invoke(1);
    assertEquals(Frames.INVOKE, read()[4]);
    for (int i = 1; i <= behind; i++) {
      chain[i] = invokeBehind(1 + i);
    }
    assertEquals(0, read().length);
    return chain;
  }

  @Test
  void oneDoorbellStandsForSeveralAndComesAfterTheNextAnswer() {
    OfferedInvocation[] chain = unlooking(BEHIND);
    write(answer(1, "a"));
    answers(chain[0], "a");
    rings(1);
    word(POLLING, 1);
    for (int i = 1; i <= BEHIND; i++) {
      slot(answer(1 + i, "b"));
      answers(chain[i], "b");
    }
    assertEquals(0, read().length);
  }

  @Test
  void oneThatLooksWhenItHasAnsweredNeedsNone() {
    OfferedInvocation[] chain = unlooking(3);
    assertEquals(Long.MAX_VALUE, channel.unrungUntilNs(5, 1_000));
    word(POLLING, 1);
    slot(answer(1, "a"));
    answers(chain[0], "a");
    assertEquals(0, read().length);
    assertEquals(1_005, channel.unrungUntilNs(5, 1_000)); // it is looked after all the same
    channel.sleeps(buffers, 2);
    assertEquals(0, read().length);
  }

  @Test
  void aSkipPaysItAsAnAnswerDoes() {
    OfferedInvocation[] chain = chain(1, 1);
    slot(answer(1, "a"));
    answers(chain[0], "a");
    word(TAKING, 2);
    assertFalse(channel.revoke(2));
    word(POLLING, 0);
    invokeBehind(3);
    assertEquals(0, read().length);
    slot(skipped(2));
    skips(2);
    rings(1);
  }

  @Test
  void theEngineRingsBeforeItSleeps() {
    OfferedInvocation[] chain = unlooking(2);
    channel.sleeps(buffers, 2);
    rings(1);
    channel.wakes();
    invokeBehind(4);
    assertEquals(0, read().length);
    channel.sleeps(buffers, 3);
    rings(1);
    channel.wakes();
    channel.sleeps(buffers, 4);
    assertEquals(0, read().length);
    channel.wakes();
    write(answer(1, "a"));
    answers(chain[0], "a");
    assertEquals(0, read().length);
  }

  @Test
  void theEngineRingsBeforeItCeasesToLook() {
    OfferedInvocation[] chain = unlooking(2);
    channel.leave(buffers);
    rings(1);
    invokeBehind(4);
    rings(1);
    write(answer(1, "a"));
    answers(chain[0], "a");
    assertEquals(0, read().length);
  }

  @Test
  void nothingIsOwedToAnEmptyOne() {
    OfferedInvocation[] chain = unlooking(1);
    word(POLLING, 1);
    slot(answer(1, "a"));
    slot(answer(2, "b"));
    answers(chain[0], "a");
    answers(chain[1], "b");
    word(POLLING, 0);
    channel.sleeps(buffers, 2);
    channel.leave(buffers);
    assertEquals(0, read().length);
  }

  /** A frame that is being sent is whole, whatever was owed before it. */
  @Test
  void noDoorbellInTheMidstOfAFrame() {
    channel.leave(buffers);
    word(POLLING, 1);
    long sequence = 0;
    while (sequence < 4094) { // each rings, and one that always finds something does not read it
      OfferedInvocation invocation = invoke(++sequence);
      write(answer(sequence, "a"));
      answers(invocation, "a");
    }
    OfferedInvocation first = invoke(++sequence);
    invokeBehind(sequence + 1);
    invokeBehind(sequence + 2);
    assertTrue(channel.revoke(sequence + 1));
    assertTrue(channel.revoke(sequence + 2));
    channel.enter();
    slot(answer(sequence, "a"));
    answers(first, "a");
    byte[] payload = new byte[2_000_000];
    Arrays.fill(payload, (byte) 1);
    channel.invoke(buffers, new OfferedInvocation(sequence + 3, payload));
    assertTrue(channel.sending());
    ByteArrayOutputStream came = new ByteArrayOutputStream();
    while (channel.flush(buffers)) {
      came.writeBytes(read());
      channel.flush(buffers);
      came.writeBytes(read());
      channel.sleeps(buffers, 2);
      channel.wakes();
    }
    came.writeBytes(read());
    int[] kinds = kinds(came.toByteArray());
    assertEquals(1, Arrays.stream(kinds).filter(kind -> kind == Frames.INVOKE).count());
    assertEquals(
        kinds.length - 1, Arrays.stream(kinds).filter(kind -> kind == Frames.DOORBELL).count());
  }

  /**
   * An engine that does not look is woken by a doorbell that comes late, while an answer is put
   * into a slot: the answer's own is read with the late one, and counts all the same.
   */
  @Test
  void aDoorbellThatIsReadWithAnotherCounts() throws InterruptedException {
    int rounds = 3_000;
    AtomicInteger begun = new AtomicInteger();
    AtomicInteger done = new AtomicInteger();
    channel.leave(buffers);
    word(POLLING, 1);
    Thread sandbox =
        Thread.ofPlatform()
            .start(
                () -> {
                  for (int round = 1; round <= rounds; round++) {
                    while (begun.get() < round) {
                      Thread.onSpinWait();
                    }
                    write(bell());
                    for (int spins = round % 128; spins > 0; spins--) {
                      Thread.onSpinWait();
                    }
                    slot(answer(2L * round - 1, "a"));
                    write(bell());
                    done.set(round);
                  }
                });
    try {
      for (int round = 1; round <= rounds; round++) {
        OfferedInvocation first = invoke(2L * round - 1);
        OfferedInvocation second = invokeBehind(2L * round);
        read();
        begun.set(round);
        while (true) {
          boolean over = done.get() == round;
          boolean woken = !channel.pipes().isSilent(buffers);
          if (woken && channel.receive(buffers) == Received.ANSWER) {
            break;
          }
          assertTrue(woken || !over, "an answer that nobody wakes for, round " + round);
        }
        assertEquals("a", text(first));
        while (done.get() < round) {
          Thread.onSpinWait();
        }
        write(answer(2L * round, "b"));
        answers(second, "b");
      }
    } finally {
      begun.set(rounds);
      sandbox.join();
    }
  }

  // ---- the engine sleeps ----

  /** It was woken by the first of them, and looks into slots before it sleeps again. */
  @Test
  void moreAnswersOfOneSleepNeedNoDoorbell() {
    OfferedInvocation[] chain = chain(1, 3);
    channel.sleeps(buffers, 2);
    assertFalse(channel.answers());
    write(answer(1, "a"));
    slot(answer(2, "b"));
    slot(answer(3, "c"));
    channel.wakes();
    answers(chain[0], "a");
    answers(chain[1], "b");
    assertTrue(channel.answers());
    answers(chain[2], "c");
    channel.sleeps(buffers, 3);
    assertFalse(channel.answers());
    slot(answer(4, "d"));
    write(bell());
    channel.wakes();
    answers(chain[3], "d");
  }
}
