package io.ringmaster.sandbox.linux.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.OfferedInvocation;
import io.ringmaster.sandbox.linux.channel.Channel.Received;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.SharedMemory;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The channel over a real segment and real pipes; the test is the sandbox, honest or not. */
class SegmentChannelTest {
  private static final long REQUESTS = 128;
  private static final long ENGINE_POLLING = 136;
  private static final long REVOKED = 144;
  private static final long PIPED = 152;
  private static final long RESPONSES = 256;
  private static final long POLLING = 264;
  private static final long TAKING = 272;
  private static final long REQUEST_SLOTS = 4096;
  private static final long RESPONSE_SLOTS = 4096 + 2 * 65536;

  private final Linux linux = new Linux();
  private final ChannelBuffers buffers = new ChannelBuffers(linux);
  private final int[] request = new int[2];
  private final int[] response = new int[2];
  private final MemorySegment scratch = linux.allocate(1 << 20);
  private final int memfd = Segment.create(linux);
  private final Segment segment = Segment.map(linux, memfd);
  private final MemorySegment sandbox = SharedMemory.map(linux, memfd, Segment.BYTES);
  private SegmentChannel channel;
  private long sent;

  @BeforeEach
  void open() {
    linux.pipe(Linux.O_NONBLOCK, request);
    linux.pipe(Linux.O_NONBLOCK, response);
    channel = new SegmentChannel(request[1], response[0], segment);
    write(FrameReaderTest.frame(Frames.STARTED, 0, new byte[2]));
    assertEquals(Received.STARTED, channel.receive(buffers));
    channel.pipes().bind(buffers, Frames.bind("{}".getBytes(StandardCharsets.UTF_8)));
    read();
    write(FrameReaderTest.frame(Frames.READY, 0, new byte[8]));
    assertEquals(Received.READY, channel.receive(buffers));
    channel.enter();
  }

  @AfterEach
  void close() {
    segment.unmap(linux);
    SharedMemory.unmap(linux, sandbox);
    for (int fd : new int[] {memfd, request[0], request[1], response[0], response[1]}) {
      linux.close(fd);
    }
  }

  private void write(byte[] bytes) {
    MemorySegment.copy(bytes, 0, scratch, ValueLayout.JAVA_BYTE, 0, bytes.length);
    assertEquals(bytes.length, linux.write(response[1], scratch.address(), bytes.length));
  }

  private byte[] read() {
    long count = linux.read(request[0], scratch.address(), 1 << 20);
    return count <= 0 ? new byte[0] : scratch.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
  }

  private long word(long offset) {
    return sandbox.get(ValueLayout.JAVA_LONG, offset);
  }

  private void word(long offset, long value) {
    sandbox.set(ValueLayout.JAVA_LONG, offset, value);
  }

  private ByteBuffer requestSlot(long number) {
    return sandbox
        .asSlice(REQUEST_SLOTS + (number & 1) * 65536, 65536)
        .asByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  private void slot(byte[] frame) {
    sent++;
    MemorySegment.copy(
        frame,
        0,
        sandbox,
        ValueLayout.JAVA_BYTE,
        RESPONSE_SLOTS + (sent & 1) * 65536,
        frame.length);
    word(RESPONSES, sent);
  }

  private static byte[] answer(long sequence, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return FrameReaderTest.frame(Frames.RESPONSE, sequence, FrameReaderTest.figures(0, 0, 0, body));
  }

  private static byte[] bell() {
    return FrameReaderTest.frame(Frames.BELL, 0, new byte[0]);
  }

  private static byte[] skipped(long sequence) {
    return FrameReaderTest.frame(Frames.SKIPPED, sequence, new byte[0]);
  }

  private static String text(OfferedInvocation invocation) {
    return new String(
        invocation.responseBuffer().array(),
        0,
        invocation.responseBuffer().length(),
        StandardCharsets.UTF_8);
  }

  private OfferedInvocation invoke(long sequence) {
    OfferedInvocation invocation = offered(sequence);
    channel.invoke(buffers, invocation);
    return invocation;
  }

  private OfferedInvocation invokeBehind(long sequence) {
    OfferedInvocation invocation = offered(sequence);
    assertTrue(channel.invokeBehind(buffers, invocation));
    return invocation;
  }

  private static OfferedInvocation offered(long sequence) {
    return new OfferedInvocation(sequence, ("e" + sequence).getBytes(StandardCharsets.UTF_8));
  }

  private void answers(OfferedInvocation invocation, String expected) {
    assertEquals(Received.ANSWER, channel.receive(buffers), channel::violation);
    assertEquals(expected, text(invocation));
  }

  @Test
  void oneThatMaySleepIsWrittenTo() {
    OfferedInvocation invocation = invoke(5);
    byte[] frame = read();
    assertEquals(Frames.INVOKE, frame[4]);
    assertEquals(0, word(REQUESTS));
    assertEquals(1, word(PIPED));
    write(answer(5, "a"));
    answers(invocation, "a");
    assertEquals(Received.NOTHING, channel.receive(buffers));
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
    assertFalse(channel.invokeBehind(buffers, offered(3)));
    send((ways & 1) != 0, answer(1, "a"));
    send((ways & 2) != 0, answer(2, "b"));
    answers(first, "a");
    assertTrue(channel.holdsAnswer() || ways == 1);
    assertEquals(2, channel.running().sequence());
    answers(second, "b");
    assertEquals(null, channel.running());
    assertEquals(Received.NOTHING, channel.receive(buffers));
  }

  private void send(boolean bySlot, byte[] frame) {
    if (bySlot) {
      slot(frame);
    } else {
      write(frame);
    }
  }

  @Test
  void theSecondGoesByTheSlotWithADoorbell() {
    invoke(1);
    read();
    invokeBehind(2);
    byte[] frame = read();
    assertEquals(16, frame.length);
    assertEquals(Frames.DOORBELL, frame[4]);
    assertEquals(1, word(REQUESTS));
    assertEquals(1, word(PIPED));
  }

  @Test
  void takenBackInTimeNothingIsToldOfIt() {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    invokeBehind(2);
    assertTrue(channel.revoke(2));
    assertEquals(2, word(REVOKED));
    assertFalse(channel.invokeBehind(buffers, offered(3)));
    write(answer(1, "a"));
    answers(first, "a");
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
  void oneAtATimeIsTakenBack() {
    word(POLLING, 1);
    OfferedInvocation first = invoke(1);
    OfferedInvocation second = invokeBehind(2);
    slot(answer(1, "a"));
    answers(first, "a");
    invokeBehind(3);
    assertTrue(channel.revoke(3));
    assertEquals(3, word(REVOKED));
    assertFalse(channel.revoke(2)); // the word still names the third one
    assertEquals(3, word(REVOKED));
    slot(answer(2, "b"));
    answers(second, "b");
    slot(skipped(3));
    assertEquals(Received.NOTHING, channel.receive(buffers));
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
  void theEnginesWordTellsWhetherItLooks() {
    channel.polling(true);
    assertEquals(1, word(ENGINE_POLLING));
    channel.polling(false);
    assertEquals(0, word(ENGINE_POLLING));
  }

  @Test
  void nobodyChangesItsSize() throws IOException {
    try (RandomAccessFile file = new RandomAccessFile("/proc/self/fd/" + memfd, "rw")) {
      assertThrows(IOException.class, () -> file.setLength(0));
      assertThrows(IOException.class, () -> file.setLength(Segment.BYTES + 1));
      assertEquals(Segment.BYTES, file.length());
    }
  }

  // ---- violations ----

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

  @Test
  void aSlotInTheMiddleOfAFrame() {
    word(POLLING, 1);
    invoke(1);
    write(Arrays.copyOf(answer(1, "abc"), 20));
    assertEquals(Received.NOTHING, channel.receive(buffers));
    slot(answer(1, "a"));
    violates();
  }
}
