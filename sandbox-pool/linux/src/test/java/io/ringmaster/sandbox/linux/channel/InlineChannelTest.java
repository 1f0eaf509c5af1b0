package io.ringmaster.sandbox.linux.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.OfferedInvocation;
import io.ringmaster.sandbox.linux.channel.Channel.Received;
import io.ringmaster.sandbox.system.Linux;
import java.io.ByteArrayOutputStream;
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

/** The channel over real pipes; the test is the sandbox. */
class InlineChannelTest {
  private final Linux linux = new Linux();
  private final ChannelBuffers buffers = new ChannelBuffers(linux);
  private final int[] request = new int[2];
  private final int[] response = new int[2];
  private final MemorySegment memory = linux.allocate(1 << 20);
  private InlineChannel channel;

  @BeforeEach
  void open() {
    linux.pipe(Linux.O_NONBLOCK, request);
    linux.pipe(Linux.O_NONBLOCK, response);
    channel = new InlineChannel(request[1], response[0], 0);
    write(FrameReaderTest.frame(Frames.STARTED, 0, new byte[2]));
    assertEquals(Received.STARTED, channel.receive(buffers));
  }

  @AfterEach
  void close() {
    for (int fd : new int[] {request[0], request[1], response[0], response[1]}) {
      linux.close(fd);
    }
  }

  private void write(byte[] bytes) {
    MemorySegment.copy(bytes, 0, memory, ValueLayout.JAVA_BYTE, 0, bytes.length);
    assertEquals(bytes.length, linux.write(response[1], memory.address(), bytes.length));
  }

  /** What the channel sent that is in the pipe. */
  private byte[] read(int atMost) {
    long count = linux.read(request[0], memory.address(), atMost);
    return count <= 0 ? new byte[0] : memory.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
  }

  private byte[] readWhole(Random random) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (true) {
      byte[] part = read(1 + random.nextInt(100_000));
      all.writeBytes(part);
      boolean sending = channel.flush(buffers);
      if (!sending && part.length == 0) {
        return all.toByteArray();
      }
    }
  }

  private void bound() {
    channel.bind(buffers, Frames.bind("{}".getBytes(StandardCharsets.UTF_8)));
    read(1000);
    write(FrameReaderTest.frame(Frames.READY, 0, new byte[8]));
    assertEquals(Received.READY, channel.receive(buffers));
  }

  @Test
  void invocationsAreWrittenAsDescribed() {
    bound();
    OfferedInvocation invocation =
        new OfferedInvocation(9, "{\"a\":1}".getBytes(StandardCharsets.UTF_8));
    invocation.traceHeader = "Root=1";
    invocation.clientContext = "{\"c\":\"ä€\ud83d\ude00\ud83d\"}"; // ends with half a character
    invocation.tenantId = "t";
    invocation.deadlineEpochMs = 123_456_789_012L;
    channel.invoke(buffers, invocation);
    assertFalse(channel.sending());
    ByteBuffer frame = ByteBuffer.wrap(read(10_000)).order(ByteOrder.LITTLE_ENDIAN);
    assertEquals(frame.remaining() - 16, frame.getInt());
    assertEquals(Frames.INVOKE, frame.getInt());
    assertEquals(9, frame.getLong());
    assertEquals(123_456_789_012L, frame.getLong());
    assertEquals("12345678-9abc-4def-8000-000000000009", text(frame, 36));
    int arn = frame.getShort();
    int trace = frame.getShort();
    int context = frame.getInt();
    int cognito = frame.getShort();
    int tenant = frame.getShort();
    assertEquals("arn:aws:lambda:us-east-1:123456789012:function:f", text(frame, arn));
    assertEquals("Root=1", text(frame, trace));
    assertEquals("{\"c\":\"ä€\ud83d\ude00?\"}", text(frame, context));
    assertEquals("", text(frame, cognito));
    assertEquals("t", text(frame, tenant));
    assertEquals("{\"a\":1}", text(frame, frame.remaining()));
  }

  private static String text(ByteBuffer from, int length) {
    byte[] bytes = new byte[length];
    from.get(bytes);
    return new String(bytes, StandardCharsets.UTF_8);
  }

  @Test
  void anyLengthArrivesWhateverThePipeTakes() {
    bound();
    linux.fcntl(request[1], Linux.F_SETPIPE_SZ, 4096);
    Random random = new Random(1);
    for (int length :
        new int[] {0, 3_900, 4_000, 4_096, 65_000, 65_380, 65_536, 300_000, 1_000_000}) {
      byte[] payload = new byte[length];
      random.nextBytes(payload);
      OfferedInvocation invocation = new OfferedInvocation(length + 1, payload);
      channel.invoke(buffers, invocation);
      // Something else is sent over the same buffers between two pieces.
      buffers.outbound.fill((byte) 0x55);
      byte[] frame = readWhole(random);
      assertEquals(
          ByteBuffer.wrap(frame).order(ByteOrder.LITTLE_ENDIAN).getInt(), frame.length - 16);
      assertArrayEquals(payload, Arrays.copyOfRange(frame, frame.length - length, frame.length));
      write(
          FrameReaderTest.frame(
              Frames.RESPONSE, length + 1, FrameReaderTest.figures(0, 0, 0, new byte[0])));
      assertEquals(Received.ANSWER, channel.receive(buffers));
    }
  }

  @Test
  void aPipeThatIsFullToTheBrim() {
    bound();
    byte[] filler = new byte[4096];
    MemorySegment.copy(filler, 0, memory, ValueLayout.JAVA_BYTE, 0, filler.length);
    int filled = 0;
    while (linux.write(request[1], memory.address(), filler.length) > 0) {
      filled += filler.length;
    }
    channel.invoke(buffers, new OfferedInvocation(4, "42".getBytes(StandardCharsets.UTF_8)));
    assertTrue(channel.sending());
    buffers.outbound.fill((byte) 0);
    while (filled > 0) {
      filled -= read(4096).length;
    }
    assertFalse(channel.flush(buffers));
    byte[] frame = read(10_000);
    assertEquals("42", new String(frame, frame.length - 2, 2, StandardCharsets.UTF_8));
  }

  @Test
  void whoNeverReadsIsWaitedForAndWhoIsGoneIsNot() {
    bound();
    channel.invoke(buffers, new OfferedInvocation(4, new byte[5_000_000]));
    assertTrue(channel.flush(buffers));
    assertTrue(channel.sending());
    linux.close(request[0]);
    assertFalse(channel.flush(buffers));
    request[0] = linux.open("/dev/null", 0);
  }

  @Test
  void anAnswerBeforeTheQuestionWasReadIsAViolation() {
    bound();
    channel.invoke(buffers, new OfferedInvocation(4, new byte[5_000_000]));
    write(FrameReaderTest.frame(Frames.RESPONSE, 4, FrameReaderTest.figures(0, 0, 0, new byte[0])));
    assertEquals(Received.VIOLATION, channel.receive(buffers));
  }

  @Test
  void bytesAfterTheAnswerAreAViolation() {
    bound();
    channel.invoke(buffers, new OfferedInvocation(4, new byte[0]));
    byte[] answer =
        FrameReaderTest.frame(Frames.RESPONSE, 4, FrameReaderTest.figures(0, 0, 0, new byte[0]));
    write(Arrays.copyOf(answer, answer.length + 1));
    assertEquals(Received.VIOLATION, channel.receive(buffers));
    assertEquals(Received.VIOLATION, channel.receive(buffers));
  }

  @Test
  void theEndIsToldOnce() {
    bound();
    assertEquals(Received.NOTHING, channel.receive(buffers));
    linux.close(response[1]);
    assertEquals(Received.END, channel.receive(buffers));
    response[1] = linux.open("/dev/null", 0);
  }

  /** The read that finds the end follows one that took a whole piece. */
  @Test
  void partsBeforeTheEndAreTold() {
    bound();
    OfferedInvocation invocation = new OfferedInvocation(4, new byte[0]);
    channel.invoke(buffers, invocation);
    byte[] part = new byte[ChannelBuffers.PIECE_BYTES - 16];
    Arrays.fill(part, (byte) 'x');
    write(FrameReaderTest.frame(Frames.CHUNK, 4, part));
    linux.close(response[1]);
    assertEquals(Received.CHUNK, channel.receive(buffers));
    assertEquals(part.length, channel.chunkBytes());
    assertEquals(Received.END, channel.receive(buffers));
    assertEquals("x".repeat(part.length), invocation.answer());
    response[1] = linux.open("/dev/null", 0);
  }

  @Test
  void textsThatDoNotFitAreRefusedBeforeAnythingIsSent() {
    bound();
    OfferedInvocation invocation = new OfferedInvocation(4, new byte[0]);
    invocation.clientContext = "x".repeat(70_000);
    assertThrows(IllegalArgumentException.class, () -> channel.invoke(buffers, invocation));
    assertEquals(0, read(100).length);
    assertFalse(channel.sending());
  }

  @Test
  void streamedPartsAndTheirEnd() {
    bound();
    OfferedInvocation invocation = new OfferedInvocation(4, new byte[0]);
    channel.invoke(buffers, invocation);
    write(FrameReaderTest.frame(Frames.CHUNK, 4, "one".getBytes(StandardCharsets.UTF_8)));
    write(FrameReaderTest.frame(Frames.CHUNK, 4, "two".getBytes(StandardCharsets.UTF_8)));
    assertEquals(Received.CHUNK, channel.receive(buffers));
    assertEquals(6, channel.chunkBytes());
    write(FrameReaderTest.frame(Frames.RESPONSE, 4, FrameReaderTest.figures(0, 0, 0, new byte[0])));
    assertEquals(Received.ANSWER, channel.receive(buffers));
    assertEquals("onetwo", invocation.answer());
    assertEquals(2, invocation.responseBuffer().chunkCount());
  }
}
