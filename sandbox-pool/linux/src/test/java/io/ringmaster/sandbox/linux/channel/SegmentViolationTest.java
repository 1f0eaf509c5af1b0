package io.ringmaster.sandbox.linux.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.OfferedInvocation;
import io.ringmaster.sandbox.linux.channel.Channel.Received;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The channel before sandboxes that break the protocol. */
class SegmentViolationTest extends SegmentChannelChecks {
  private void violates() {
    assertEquals(Received.VIOLATION, channel.receive(buffers));
    assertNotNull(channel.violation());
    assertEquals(Received.VIOLATION, channel.receive(buffers));
    assertFalse(channel.holdsAnswer());
  }

  @ParameterizedTest
  @ValueSource(longs = {2, -1, Long.MIN_VALUE, Long.MAX_VALUE})
  void countsThatCannotBe(long count) {
    word(POLLING, 1);
    invoke(1);
    word(RESPONSES, count);
    violates();
  }

  @Test
  void aCountThatGoesBack() {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    slot(answer(1, "a"));
    answers(first, "a");
    invoke(2);
    word(RESPONSES, 0);
    violates();
  }

  @Test
  void anAnswerToNothing() {
    slot(answer(1, "a"));
    violates();
  }

  @Test
  void aReplayedAnswer() {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    slot(answer(1, "a"));
    answers(first, "a");
    invoke(2);
    slot(answer(1, "a"));
    violates();
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, Integer.MIN_VALUE, 65_521, 6_000_000, 15})
  void lengthsThatCannotBe(int length) {
    word(POLLING, 1);
    invoke(1);
    byte[] frame = answer(1, "a");
    ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).putInt(0, length);
    slot(frame);
    violates();
  }

  @Test
  void garbageInASlot() {
    Random random = new Random(7);
    word(POLLING, 1);
    invoke(1);
    byte[] garbage = new byte[65_536];
    random.nextBytes(garbage);
    slot(garbage);
    violates();
  }

  @Test
  void moreDoorbellsThanInvocations() {
    word(POLLING, 1);
    invoke(1);
    write(bell());
    write(bell());
    violates();
  }

  @Test
  void aDoorbellThatSaysSomething() {
    word(POLLING, 1);
    invoke(1);
    write(FrameReaderTest.frame(Frames.BELL, 1, new byte[0]));
    violates();
  }

  @Test
  void aSkipOfWhatWasNotTakenBack() {
    word(POLLING, 1);
    invoke(1);
    invokeBehind(2);
    slot(skipped(1));
    violates();
  }

  @Test
  void anAnswerToWhatWasTakenBack() {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    invokeBehind(2);
    assertTrue(channel.revoke(2));
    slot(answer(1, "a"));
    answers(first, "a");
    slot(answer(2, "b"));
    violates();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void theSecondBeforeTheFirst(boolean bySlot) {
    word(POLLING, 1);
    invoke(1);
    invokeBehind(2);
    send(bySlot, answer(2, "b"));
    violates();
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1, 2, 3})
  void anAnswerAfterTheLast(int ways) {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    OfferedInvocation second = invokeBehind(2);
    byte[] last = answer(1, "a");
    last[5] = Frames.PROCESS_ENDS;
    send((ways & 1) != 0, last);
    answers(first, "a");
    assertTrue(channel.processEnds());
    assertEquals(null, channel.running());
    assertFalse(channel.unbegun());
    send((ways & 2) != 0, answer(2, "b"));
    violates();
    assertEquals("", text(second));
  }

  @Test
  void anAnswerThatWaitsForOneThatCannotCome() {
    word(POLLING, 1);
    invoke(1);
    invokeBehind(2);
    slot(answer(2, "b"));
    endResponses();
    violates();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSkipAfterAPartOfTheAnswer(boolean bySlot) {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    invokeBehind(2);
    slot(answer(1, "a"));
    word(TAKING, 2);
    answers(first, "a");
    assertFalse(channel.revoke(2));
    write(FrameReaderTest.frame(Frames.CHUNK, 2, new byte[3]));
    assertEquals(Received.CHUNK, channel.receive(buffers));
    send(bySlot, skipped(2));
    violates();
  }

  @Test
  void aSlotInTheMiddleOfAFrame() {
    word(POLLING, 1);
    invoke(1);
    write(Arrays.copyOf(answer(1, "abc"), 20));
    assertEquals(Received.NOTHING, channel.receive(buffers));
    slot(answer(1, "a"));
    violates();
  }

  /** What was taken back and is not told of yet counts; nothing else does. */
  @ParameterizedTest
  @ValueSource(longs = {8, 9, -1, Long.MIN_VALUE, Long.MAX_VALUE})
  void aCountBeyondAChain(long count) {
    chain(1, 6);
    assertTrue(channel.revoke(4));
    assertTrue(channel.revoke(7));
    word(RESPONSES, count);
    violates();
  }

  @Test
  void moreDoorbellsThanAChainHas() {
    chain(1, 6);
    for (int i = 0; i < 7; i++) {
      write(bell());
    }
    assertEquals(Received.NOTHING, channel.receive(buffers), channel::violation);
    write(bell());
    violates();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneOfAChainBeforeItsTurn(boolean bySlot) {
    OfferedInvocation[] chain = chain(1, 4);
    send(bySlot, answer(1, "a"));
    answers(chain[0], "a");
    send(bySlot, answer(4, "d"));
    violates();
    assertEquals("", text(chain[3]));
  }

  /** The first is by the other way than the one that overtakes it. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void oneOfAChainAfterALaterOne(boolean bySlot) {
    OfferedInvocation[] chain = chain(1, 4);
    send(bySlot, answer(3, "c"));
    send(bySlot, answer(2, "b"));
    send(!bySlot, answer(1, "a"));
    answers(chain[0], "a");
    violates();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSkipBeforeItsTurn(boolean bySlot) {
    chain(1, 3);
    assertTrue(channel.revoke(3));
    send(bySlot, skipped(3));
    violates();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSkipOfTheNeighbour(boolean bySlot) {
    OfferedInvocation[] chain = chain(1, 3);
    assertTrue(channel.revoke(3));
    slot(answer(1, "a"));
    answers(chain[0], "a");
    send(bySlot, skipped(2));
    violates();
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aSkipTwice(boolean bySlot) {
    OfferedInvocation[] chain = chain(1, 3);
    assertTrue(channel.revoke(2));
    slot(answer(1, "a"));
    answers(chain[0], "a");
    send(bySlot, skipped(2));
    assertEquals(Received.NOTHING, channel.receive(buffers), channel::violation);
    send(bySlot, skipped(2));
    violates();
  }

  @Test
  void anAnswerToOneTakenBackFromTheMiddle() {
    OfferedInvocation[] chain = chain(1, 3);
    assertTrue(channel.revoke(3));
    for (int i = 0; i < 2; i++) {
      slot(answer(i + 1, "a"));
      answers(chain[i], "a");
    }
    slot(answer(3, "c"));
    violates();
    assertEquals("", text(chain[2]));
  }

  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPartOfALaterAnswerBeforeASkip(boolean bySlot) {
    OfferedInvocation[] chain = chain(1, 2);
    assertTrue(channel.revoke(2));
    slot(answer(1, "a"));
    answers(chain[0], "a");
    write(Arrays.copyOf(answer(3, "abc"), 34));
    violates();
    send(bySlot, skipped(2));
    violates();
  }

  /**
   * It has not said that it takes it: a part of its answer tells that it has begun all the same.
   */
  @ParameterizedTest
  @ValueSource(ints = {1, 16, 20, 33, 34})
  void anAnswerThatWasBegunUntaken(int begun) {
    OfferedInvocation[] chain = chain(1, 2);
    slot(answer(1, "a"));
    answers(chain[0], "a");
    byte[] answer = answer(2, "bcd");
    write(Arrays.copyOf(answer, begun));
    assertEquals(Received.NOTHING, channel.receive(buffers));
    assertFalse(channel.revoke(2));
    write(Arrays.copyOfRange(answer, begun, answer.length));
    answers(chain[1], "bcd");
    assertEquals(3, channel.running().sequence());
    slot(skipped(2));
    violates();
  }

  @Test
  void aStreamThatWasBegunUntaken() {
    OfferedInvocation[] chain = chain(1, 2);
    slot(answer(1, "a"));
    answers(chain[0], "a");
    write(FrameReaderTest.frame(Frames.CHUNK, 2, new byte[3]));
    assertEquals(Received.CHUNK, channel.receive(buffers));
    assertFalse(channel.revoke(2));
    write(skipped(2));
    violates();
  }

  @Test
  void aLargeAnswerThatWasBegunUntaken() {
    OfferedInvocation[] chain = chain(1, 2);
    slot(answer(1, "a"));
    answers(chain[0], "a");
    byte[] answer = answer(2, "b".repeat(150_000));
    write(Arrays.copyOf(answer, 50_000));
    assertEquals(Received.NOTHING, channel.receive(buffers));
    assertFalse(channel.revoke(2));
    write(Arrays.copyOfRange(answer, 50_000, 100_000));
    assertEquals(Received.NOTHING, channel.receive(buffers));
    write(Arrays.copyOfRange(answer, 100_000, answer.length));
    answers(chain[1], "b".repeat(150_000));
  }
}
