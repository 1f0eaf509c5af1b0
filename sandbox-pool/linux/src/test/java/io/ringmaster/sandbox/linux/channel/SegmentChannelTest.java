package io.ringmaster.sandbox.linux.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

import io.ringmaster.sandbox.linux.OfferedInvocation;
import io.ringmaster.sandbox.linux.channel.Channel.Received;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The channel before sandboxes that keep to the protocol. */
class SegmentChannelTest extends SegmentChannelChecks {
  @Test
  void oneThatMaySleepIsWrittenTo() {
    OfferedInvocation invocation = invoke(5);
    byte[] frame = read();
    assertEquals(Frames.INVOKE, frame[4]);
    assertEquals(0, word(REQUESTS));
    write(answer(5, "a"));
    answers(invocation, "a");
    assertEquals(Received.NOTHING, channel.receive(buffers));
    invoke(6);
    invokeBehind(7);
    assertEquals(2, piped(1));
  }

  @Test
  void oneThatLooksIsNot() {
    word(POLLING, 1);
    for (long sequence = 1; sequence <= 5; sequence++) {
      OfferedInvocation invocation = invoke(sequence);
      assertEquals(0, read().length);
      assertEquals(sequence, word(REQUESTS));
      ByteBuffer frame = requestSlot(sequence);
      byte[] event = new byte[2];
      frame.get(16 + frame.getInt(0) - 2, event);
      assertEquals("e" + sequence, new String(event, StandardCharsets.UTF_8));
      assertEquals(Frames.INVOKE, frame.get(4));
      assertEquals(0, frame.get(5));
      assertEquals(sequence, frame.getLong(8));
      assertFalse(channel.holdsAnswer());
      slot(answer(sequence, "r" + sequence));
      assertTrue(channel.answers());
      answers(invocation, "r" + sequence);
      assertFalse(channel.answers());
    }
  }

  @Test
  void whatDoesNotFitGoesByThePipe() {
    word(POLLING, 1);
    byte[] payload = new byte[100_000];
    new Random(1).nextBytes(payload);
    OfferedInvocation large = new OfferedInvocation(1, payload);
    channel.invoke(buffers, large);
    byte[] frame = new byte[0];
    do {
      byte[] part = read();
      int length = frame.length;
      frame = Arrays.copyOf(frame, length + part.length);
      System.arraycopy(part, 0, frame, length, part.length);
    } while (channel.flush(buffers) || frame.length < payload.length);
    assertArrayEquals(
        payload, Arrays.copyOfRange(frame, frame.length - payload.length, frame.length));
    assertEquals(0, word(REQUESTS));
    slot(answer(1, "small"));
    answers(large, "small");
    OfferedInvocation largest = new OfferedInvocation(2, new byte[65_000]);
    channel.invoke(buffers, largest);
    assertEquals(1, word(REQUESTS));
  }

  @Test
  void doorbellsComeWithAnswersLateOrInVain() {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    slot(answer(1, "a"));
    write(bell());
    answers(first, "a");
    assertEquals(Received.NOTHING, channel.receive(buffers));
    OfferedInvocation second = invoke(2);
    write(bell());
    assertEquals(Received.NOTHING, channel.receive(buffers));
    slot(answer(2, "b"));
    answers(second, "b");
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void twoAnswersComeInOrderWhicheverWay(int ways) {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    OfferedInvocation second = invokeBehind(2);
    assertEquals(4, requestSlot(2).get(5));
    send((ways & 1) != 0, answer(1, "a"));
    send((ways & 2) != 0, answer(2, "b"));
    answers(first, "a");
    assertTrue(channel.holdsAnswer() || ways == 1);
    assertEquals(2, channel.running().sequence());
    answers(second, "b");
    assertEquals(null, channel.running());
    assertEquals(Received.NOTHING, channel.receive(buffers));
  }

  @Test
  void whatLiesBehindGoesByASlotWithADoorbellToOneThatIsNotLookedAt() {
    channel.leave(buffers);
    invoke(1);
    read();
    invokeBehind(2);
    byte[] frame = read();
    assertEquals(16, frame.length);
    assertEquals(Frames.DOORBELL, frame[4]);
    assertEquals(1, word(REQUESTS));
    assertEquals(1, piped(1));
  }

  @Test
  void takenBackInTimeNothingIsToldOfIt() {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    invokeBehind(2);
    assertTrue(channel.revoke(2));
    assertEquals(2, revoked(2));
    write(answer(1, "a"));
    answers(first, "a");
    assertEquals(null, channel.running());
    OfferedInvocation third = invoke(3);
    assertEquals(3, word(REQUESTS));
    word(TAKING, 2);
    write(skipped(2));
    slot(answer(3, "c"));
    answers(third, "c");
    assertEquals(Received.NOTHING, channel.receive(buffers));
    invoke(4);
    invokeBehind(5);
  }

  @Test
  void takenBackTooLateItsAnswerOrItsSkipTells() {
    word(POLLING, 1);
    for (long sequence = 1; sequence < 9; sequence += 2) {
      OfferedInvocation first = invoke(sequence);
      OfferedInvocation second = invokeBehind(sequence + 1);
      slot(answer(sequence, "a"));
      word(TAKING, word(REQUESTS));
      boolean promoted = sequence < 5;
      if (promoted) {
        answers(first, "a");
      }
      assertFalse(channel.revoke(sequence + 1));
      if (!promoted) {
        answers(first, "a");
      }
      if ((sequence & 2) == 0) {
        slot(answer(sequence + 1, "b"));
        answers(second, "b");
      } else {
        slot(skipped(sequence + 1));
        assertEquals(Received.SKIPPED, channel.receive(buffers), channel::violation);
        assertEquals(sequence + 1, channel.skipped());
      }
    }
  }

  @Test
  void whatWasNotBegunIsKnown() {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    assertFalse(channel.unbegun());
    invokeBehind(2);
    slot(answer(1, "a"));
    answers(first, "a");
    assertTrue(channel.unbegun());
    word(TAKING, 2);
    assertFalse(channel.unbegun());
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void whatWasTakenBackInVainCountsAsBegun(boolean promoted) {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    invokeBehind(2);
    slot(answer(1, "a"));
    word(TAKING, 2);
    if (promoted) {
      answers(first, "a");
    }
    assertFalse(channel.revoke(2));
    word(TAKING, 0);
    if (!promoted) {
      answers(first, "a");
    }
    assertFalse(channel.unbegun());
  }

  /** One that was taken back in time is skipped while the pipe is busy with a later one. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSkipMeetsALargeRequest(boolean bySlot) {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    invokeBehind(2);
    assertTrue(channel.revoke(2));
    byte[] answer = answer(1, "a");
    byte[] skipped = skipped(2);
    if (bySlot) {
      slot(answer);
    } else {
      byte[] both = Arrays.copyOf(answer, answer.length + skipped.length);
      System.arraycopy(skipped, 0, both, answer.length, skipped.length);
      write(both);
    }
    answers(first, "a");
    OfferedInvocation large = new OfferedInvocation(3, new byte[2_000_000]);
    channel.invoke(buffers, large);
    assertTrue(channel.sending());
    if (bySlot) {
      slot(skipped);
    }
    assertEquals(Received.NOTHING, channel.receive(buffers), channel::violation);
    while (channel.flush(buffers)) {
      read();
    }
    write(answer(3, "c"));
    answers(large, "c");
  }

  /** One frame may fill the pipe to its last bytes, and be read at once. */
  @Test
  void aDoorbellThatThePipeHadNoRoomForIsRungAgain() {
    channel.leave(buffers);
    OfferedInvocation first = invoke(1);
    int head = read().length - first.payload.length;
    write(answer(1, "a"));
    answers(first, "a");
    OfferedInvocation large = new OfferedInvocation(2, new byte[65_530 - head]);
    channel.invoke(buffers, large);
    assertFalse(channel.sending());
    invokeBehind(3);
    if (head + large.payload.length != read().length) {
      fail("a pipe that takes more than 64 KiB");
    }
    assertEquals(0, read().length);
    write(answer(2, "b"));
    answers(large, "b");
    assertEquals(Frames.DOORBELL, read()[4]);
    assertEquals(0, read().length);
  }

  @Test
  void anAnswerThatLiesThereIsTakenBeforeTheEnd() {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    slot(answer(1, "a"));
    endResponses();
    answers(first, "a");
    assertEquals(Received.END, channel.receive(buffers));
  }

  @Test
  void anAnswerByThePipeIsNoLostDoorbell() {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    word(POLLING, 0);
    write(answer(1, "a"));
    assertFalse(channel.rescue(buffers));
    answers(first, "a");
  }

  @Test
  void aRequestWithoutADoorbellIsLookedAfter() {
    word(POLLING, 1);
    invoke(1);
    assertEquals(1_000_500L, channel.unrungUntilNs(500, 1_000_000));
    assertEquals(1_000_500L, channel.unrungUntilNs(700, 1_000_000));
    assertFalse(channel.rescue(buffers));
    assertEquals(Long.MAX_VALUE, channel.unrungUntilNs(2_000_000, 1_000_000));
    slot(answer(1, "a"));
    channel.receive(buffers);
    invoke(2);
    word(POLLING, 0); // as a sandbox without its fence would have it
    assertTrue(channel.rescue(buffers));
    assertEquals(Frames.DOORBELL, read()[4]);
  }

  @Test
  void whatWaitsForALookIsRungForWhenThereIsNone() {
    word(POLLING, 1);
    invoke(1);
    assertEquals(0, read().length);
    channel.leave(buffers);
    assertEquals(Frames.DOORBELL, read()[4]);
    assertEquals(0, word(ENGINE_POLLING));
  }

  @Test
  void theEnginesWordTellsWhetherItLooksAndWhichSleepItIsIn() {
    assertEquals(1, word(ENGINE_POLLING));
    channel.sleeps(buffers, 2);
    assertEquals(2, word(ENGINE_POLLING));
    channel.wakes();
    assertEquals(1, word(ENGINE_POLLING));
    channel.sleeps(buffers, 3);
    assertEquals(3, word(ENGINE_POLLING));
    channel.leave(buffers);
    assertEquals(0, word(ENGINE_POLLING));
    channel.enter();
    assertEquals(1, word(ENGINE_POLLING));
    assertEquals(0, read().length);
  }

  @Test
  void nobodyChangesItsSize() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile("/proc/self/fd/" + memfd, "rw")) {
      assertThrows(IOException.class, () -> file.setLength(0));
      assertThrows(IOException.class, () -> file.setLength(Segment.BYTES + 1));
      assertEquals(Segment.BYTES, file.length());
    }
  }
}
