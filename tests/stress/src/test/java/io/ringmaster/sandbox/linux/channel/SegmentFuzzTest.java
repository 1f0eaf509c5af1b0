package io.ringmaster.sandbox.linux.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.channel.FrameReader.Outcome;
import io.ringmaster.sandbox.linux.channel.FrameReaderFuzzTest.Asked;
import io.ringmaster.sandbox.linux.channel.FrameReaderFuzzTest.Came;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.SharedMemory;
import io.ringmaster.stress.Fuzz;
import io.ringmaster.stress.SmallEvent;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Whatever a sandbox leaves in a response slot, and says of it, is its answer or a violation. */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class SegmentFuzzTest {
  private static final long RESPONSES = 256;
  private static final long POLLING = 264;
  private static final int SLOT = 528_384 + Segment.SLOT_BYTES; // that of the first response

  /** No input has more bytes; what stands behind is 0. */
  private static final int WRITTEN_MAX = 1024;

  private static final long[] COUNTS = {0, 2, 3, -1, Long.MIN_VALUE, Long.MAX_VALUE, 1L << 32};

  private final Linux linux = new Linux();
  private final ChannelBuffers buffers = new ChannelBuffers(linux);
  private final ResponseBuffer answer = new ResponseBuffer();
  private final byte[] slot = new byte[Segment.SLOT_BYTES];
  private final int[] requests = new int[2];
  private final int[] responses = new int[2];
  private MemorySegment theirs;
  private Segment ours;

  @Test
  void aSlotHoldsAnAnswerOrAViolation() throws IOException {
    int fd = Segment.create(linux);
    assertEquals(0, linux.pipe(Linux.O_NONBLOCK | Linux.O_CLOEXEC, requests));
    assertEquals(0, linux.pipe(Linux.O_NONBLOCK | Linux.O_CLOEXEC, responses));
    ours = Segment.map(linux, fd);
    theirs = SharedMemory.map(linux, fd, Segment.BYTES);
    try {
      Fuzz.run("slots", this::one);
    } finally {
      ours.unmap(linux);
      SharedMemory.unmap(linux, theirs);
      for (int each : new int[] {fd, requests[0], requests[1], responses[0], responses[1]}) {
        linux.close(each);
      }
    }
  }

  private void one(SplittableRandom random) {
    byte[] bytes = Fuzz.damage(FrameReaderFuzzTest.input(Asked.ANSWER, random), random);
    if (bytes.length > 8 && random.nextInt(32) == 0) { // as long as a slot, a little more or less
      int length = Segment.SLOT_BYTES - 32 + random.nextInt(48);
      bytes[0] = (byte) length;
      bytes[1] = (byte) (length >> 8);
      bytes[2] = (byte) (length >> 16);
    }
    long count = random.nextInt(16) > 0 ? 1 : COUNTS[random.nextInt(COUNTS.length)];
    theirs.set(ValueLayout.JAVA_LONG, RESPONSES, 0);
    theirs.set(ValueLayout.JAVA_LONG, POLLING, 1);
    SegmentChannel channel = new SegmentChannel(requests[1], responses[0], 0, ours);
    answer.clear();
    channel.invoke(
        buffers, new SmallEvent(FrameReaderFuzzTest.SEQUENCE, new byte[] {1, 2, 3}, answer));
    System.arraycopy(bytes, 0, slot, 0, bytes.length);
    MemorySegment.copy(slot, 0, theirs, ValueLayout.JAVA_BYTE, SLOT, WRITTEN_MAX);
    theirs.set(ValueLayout.JAVA_LONG, RESPONSES, count);
    Channel.Received received = channel.receive(buffers);
    if (count == 0) {
      assertEquals(Channel.Received.NOTHING, received);
    } else {
      Came expected = FrameReaderFuzzTest.specified(Asked.ANSWER, slot);
      boolean answers = count == 1 && expected.outcome() == Outcome.ANSWER;
      assertEquals(
          answers ? Channel.Received.ANSWER : Channel.Received.VIOLATION,
          received,
          () -> count + " " + Arrays.toString(bytes));
      if (answers) {
        FrameReaderFuzzTest.same(expected, came(channel), bytes);
      } else {
        assertTrue(channel.violation() != null);
      }
    }
    Arrays.fill(slot, 0, bytes.length, (byte) 0);
  }

  private Came came(SegmentChannel channel) {
    return new Came(
        Outcome.ANSWER,
        Arrays.copyOf(answer.array(), answer.length()),
        channel.functionError(),
        channel.logMark(),
        0);
  }
}
