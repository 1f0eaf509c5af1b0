package io.ringmaster.sandbox.linux.channel;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.OfferedInvocation;
import io.ringmaster.sandbox.linux.channel.Channel.Received;
import io.ringmaster.sandbox.system.Linux;
import io.ringmaster.sandbox.system.SharedMemory;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** A channel over a real segment and real pipes; the test is the sandbox, honest or not. */
abstract class SegmentChannelChecks {
  static final long REQUESTS = 128;
  static final long ENGINE_POLLING = 136;
  static final long RESPONSES = 256;
  static final long POLLING = 264;
  static final long TAKING = 272;
  static final long REQUEST_SLOTS = 4096;
  static final long RESPONSE_SLOTS = 528384;

  final Linux linux = new Linux();
  final ChannelBuffers buffers = new ChannelBuffers(linux);
  private final int[] request = new int[2];
  private final int[] response = new int[2];
  private final MemorySegment scratch = linux.allocate(1 << 20);
  final int memfd = Segment.create(linux);
  private final Segment segment = Segment.map(linux, memfd);
  private final MemorySegment sandbox = SharedMemory.map(linux, memfd, Segment.BYTES);
  SegmentChannel channel;
  private long sent;

  @BeforeEach
  void open() {
    linux.pipe(Linux.O_NONBLOCK, request);
    linux.pipe(Linux.O_NONBLOCK, response);
    channel = new SegmentChannel(request[1], response[0], 0, segment);
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

  void write(byte[] bytes) {
    MemorySegment.copy(bytes, 0, scratch, ValueLayout.JAVA_BYTE, 0, bytes.length);
    assertEquals(bytes.length, linux.write(response[1], scratch.address(), bytes.length));
  }

  byte[] read() {
    long count = linux.read(request[0], scratch.address(), 1 << 20);
    return count <= 0 ? new byte[0] : scratch.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
  }

  long word(long offset) {
    return sandbox.get(ValueLayout.JAVA_LONG, offset);
  }

  void word(long offset, long value) {
    sandbox.set(ValueLayout.JAVA_LONG, offset, value);
  }

  /** What the engine says of the request of this number: it was taken back if it is the number. */
  long revoked(long number) {
    return word(512 + (number & 7) * 8);
  }

  /** How many frames by the pipe come before the request of this number. */
  long piped(long number) {
    return word(576 + (number & 7) * 8);
  }

  ByteBuffer requestSlot(long number) {
    return sandbox
        .asSlice(REQUEST_SLOTS + (number & 7) * 65536, 65536)
        .asByteBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  void slot(byte[] frame) {
    sent++;
    MemorySegment.copy(
        frame,
        0,
        sandbox,
        ValueLayout.JAVA_BYTE,
        RESPONSE_SLOTS + (sent & 7) * 65536,
        frame.length);
    word(RESPONSES, sent);
  }

  static byte[] answer(long sequence, String text) {
    byte[] body = text.getBytes(StandardCharsets.UTF_8);
    return FrameReaderTest.frame(Frames.RESPONSE, sequence, FrameReaderTest.figures(0, 0, 0, body));
  }

  static byte[] bell() {
    return FrameReaderTest.frame(Frames.BELL, 0, new byte[0]);
  }

  static byte[] skipped(long sequence) {
    return FrameReaderTest.frame(Frames.SKIPPED, sequence, new byte[0]);
  }

  static String text(OfferedInvocation invocation) {
    return new String(
        invocation.responseBuffer().array(),
        0,
        invocation.responseBuffer().length(),
        StandardCharsets.UTF_8);
  }

  OfferedInvocation invoke(long sequence) {
    OfferedInvocation invocation = offered(sequence);
    channel.invoke(buffers, invocation);
    return invocation;
  }

  OfferedInvocation invokeBehind(long sequence) {
    OfferedInvocation invocation = offered(sequence);
    assertTrue(channel.invokeBehind(buffers, invocation));
    return invocation;
  }

  static OfferedInvocation offered(long sequence) {
    return new OfferedInvocation(sequence, ("e" + sequence).getBytes(StandardCharsets.UTF_8));
  }

  /** One that runs, by a slot, and others behind it; their sequences begin at {@code first}. */
  OfferedInvocation[] chain(long first, int behind) {
    word(POLLING, 1);
    OfferedInvocation[] chain = new OfferedInvocation[behind + 1];
    chain[0] = invoke(first);
    for (int i = 1; i <= behind; i++) {
      chain[i] = invokeBehind(first + i);
    }
    return chain;
  }

  void skips(long sequence) {
    assertEquals(Received.SKIPPED, channel.receive(buffers), channel::violation);
    assertEquals(sequence, channel.skipped());
  }

  void answers(OfferedInvocation invocation, String expected) {
    assertEquals(Received.ANSWER, channel.receive(buffers), channel::violation);
    assertEquals(expected, text(invocation));
  }

  void send(boolean bySlot, byte[] frame) {
    if (bySlot) {
      slot(frame);
    } else {
      write(frame);
    }
  }

  void endResponses() {
    linux.close(response[1]);
    response[1] = -1;
  }
}
