package io.ringmaster.sandbox.linux.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.OfferedInvocation;
import io.ringmaster.sandbox.linux.channel.Channel.Received;
import io.ringmaster.sandbox.system.Linux;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Large events and answers; the test is the sandbox and the copier. */
class CopiedPayloadTest implements Copies {
  private static final long OWNER = 0x1234_5678_9abcL;

  private final Linux linux = new Linux();
  private final ChannelBuffers buffers = new ChannelBuffers(linux, this);
  private final int[] request = new int[2];
  private final int[] response = new int[2];
  private final MemorySegment memory = linux.allocate(1 << 20);
  private final MemorySegment staging = linux.allocate(256 * 1024);
  private InlineChannel channel;
  private Transfer transfer;

  @BeforeEach
  void open() {
    linux.pipe(Linux.O_NONBLOCK, request);
    linux.pipe(Linux.O_NONBLOCK, response);
    channel = new InlineChannel(request[1], response[0], OWNER);
    assertEquals(1, write(FrameReaderTest.frame(Frames.STARTED, 0, new byte[2]), 0, 18) / 18);
    assertEquals(Received.STARTED, channel.receive(buffers));
  }

  @AfterEach
  void close() {
    if (transfer != null) {
      linux.close(transfer.fd());
    }
    for (int fd : new int[] {request[0], request[1], response[0], response[1]}) {
      linux.close(fd);
    }
  }

  @Override
  public boolean works() {
    return true;
  }

  @Override
  public void begin(Transfer begun) {
    assertEquals(OWNER, begun.owner());
    transfer = begun;
  }

  @Override
  public void changed(Transfer changed) {
    assertEquals(transfer, changed);
  }

  /** One step of the copier; true: it has handed the transfer back, and the channel wanted it. */
  private boolean copies(MemorySegment by) {
    if (!transfer.move(linux, by)) {
      return false;
    }
    linux.close(transfer.fd());
    Transfer over = transfer;
    transfer = null;
    return channel.moved(over);
  }

  private int write(byte[] bytes, int from, int count) {
    MemorySegment.copy(bytes, from, memory, ValueLayout.JAVA_BYTE, 0, count);
    return (int) Math.max(0, linux.write(response[1], memory.address(), count));
  }

  private byte[] read(int atMost) {
    long count = linux.read(request[0], memory.address(), atMost);
    return count <= 0 ? new byte[0] : memory.asSlice(0, count).toArray(ValueLayout.JAVA_BYTE);
  }

  private OfferedInvocation invoked(long sequence, byte[] event) {
    OfferedInvocation invocation = new OfferedInvocation(sequence, event);
    channel.invoke(buffers, invocation);
    return invocation;
  }

  private static byte[] answer(long sequence, byte[] body) {
    return FrameReaderTest.frame(Frames.RESPONSE, sequence, FrameReaderTest.figures(0, 0, 0, body));
  }

  private static byte[] bytes(Random random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return bytes;
  }

  private void readAll(Random random, byte[] event) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    while (channel.moving()) {
      assertTrue(channel.sending());
      assertEquals(Received.NOTHING, channel.receive(buffers));
      copies(staging.asSlice(0, 1 + random.nextInt(100_000)));
      all.writeBytes(read(1 + random.nextInt(200_000)));
    }
    assertFalse(channel.sending());
    for (byte[] part = read(1 << 20); part.length > 0; part = read(1 << 20)) {
      all.writeBytes(part);
    }
    byte[] frame = all.toByteArray();
    assertEquals(frame.length - 16, MemorySegment.ofArray(frame).get(Frames.INT, 0));
    assertArrayEquals(event, Arrays.copyOfRange(frame, frame.length - event.length, frame.length));
  }

  private void answers(Random random, OfferedInvocation invocation, byte[] body) {
    byte[] frame = answer(invocation.sequence, body);
    int written = 0;
    Received received = Received.NOTHING;
    while (received == Received.NOTHING) {
      int count = Math.min(1 + random.nextInt(300_000), frame.length - written);
      written += write(frame, written, count);
      if (channel.moving()) {
        copies(staging.asSlice(0, 1 + random.nextInt(200_000)));
      }
      received = channel.receive(buffers);
    }
    assertEquals(Received.ANSWER, received, channel::violation);
    assertArrayEquals(
        body,
        Arrays.copyOf(invocation.responseBuffer().array(), invocation.responseBuffer().length()));
  }

  @Test
  void anyEventAndAnswerWhateverThePipesTake() {
    Random random = new Random(1);
    linux.fcntl(request[1], Linux.F_SETPIPE_SZ, 4096);
    for (int length : new int[] {65_500, 70_000, 300_000, 1_500_000, Frames.PAYLOAD_BYTES_MAX}) {
      byte[] event = bytes(random, length);
      OfferedInvocation invocation = invoked(length, event);
      assertTrue(channel.moving());
      readAll(random, event);
      answers(random, invocation, bytes(random, length));
    }
  }

  @Test
  void smallOnesAreNotCopied() {
    invoked(4, new byte[60_000]);
    assertFalse(channel.moving());
    read(1 << 20);
    byte[] frame = answer(4, new byte[60_000]);
    write(frame, 0, frame.length);
    assertEquals(Received.ANSWER, channel.receive(buffers));
  }

  /** The event's array is its caller's again when the invocation has settled. */
  @Test
  void nothingIsWrittenAfterItWasDropped() {
    byte[] event = new byte[4_000_000];
    Arrays.fill(event, (byte) 'a');
    invoked(4, event);
    copies(staging);
    channel.dropMoving();
    assertFalse(channel.moving());
    Arrays.fill(event, (byte) 'b');
    assertFalse(copies(staging), "it is nobody's any more");
    for (byte[] part = read(1 << 20); part.length > 0; part = read(1 << 20)) {
      assertEquals(-1, new String(part, StandardCharsets.ISO_8859_1).indexOf('b', 100));
    }
  }

  @Test
  void whatCannotGoOnEndsWhenTheProcessHasExited() {
    invoked(4, new byte[4_000_000]);
    long before;
    do {
      before = linux.readable(request[0]);
      assertFalse(transfer.move(linux, staging));
    } while (linux.readable(request[0]) > before);
    assertFalse(copies(staging), "the pipe is full");
    channel.exits();
    assertTrue(copies(staging));
    assertTrue(channel.sending());
    byte[] frame = answer(4, new byte[10]);
    write(frame, 0, frame.length);
    assertEquals(Received.VIOLATION, channel.receive(buffers));
  }

  @Test
  void nobodyReadsTheEvent() {
    invoked(4, new byte[4_000_000]);
    copies(staging);
    linux.close(request[0]);
    request[0] = linux.open("/dev/null", 0);
    assertTrue(copies(staging));
    assertFalse(channel.sending());
  }

  @Test
  void aHalfAnswerBeforeTheExit() {
    OfferedInvocation invocation = invoked(4, new byte[0]);
    byte[] frame = answer(4, new byte[2_000_000]);
    write(frame, 0, 65_536);
    assertEquals(Received.NOTHING, channel.receive(buffers));
    assertTrue(channel.moving());
    write(frame, 65_536, 30_000);
    MemorySegment small = staging.asSlice(0, 1000);
    assertFalse(copies(small));
    channel.exits();
    assertTrue(copies(small), "nothing tells of what is left, where somebody else has the pipe");
    assertEquals(Received.NOTHING, channel.receive(buffers));
    assertEquals(65_536 + 30_000 - 32, invocation.responseBuffer().length());
    linux.close(response[1]);
    response[1] = linux.open("/dev/null", 0);
    assertEquals(Received.END, channel.receive(buffers));
  }

  @Test
  void theDispatcherGoesOnWithWhatWasGivenUp() {
    Random random = new Random(2);
    byte[] event = bytes(random, 200_000);
    OfferedInvocation invocation = invoked(4, event);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    copies(staging.asSlice(0, 1000));
    transfer.giveUp();
    assertTrue(copies(staging));
    buffers.outbound.fill((byte) 0x55);
    while (channel.sending()) {
      channel.flush(buffers);
      all.writeBytes(read(1 << 20));
    }
    byte[] frame = all.toByteArray();
    assertArrayEquals(event, Arrays.copyOfRange(frame, frame.length - event.length, frame.length));
    answers(random, invocation, event);
  }

  @Test
  void anAnswerThatIsTooLongIsTakenAndReplaced() {
    OfferedInvocation invocation = invoked(4, new byte[0]);
    byte[] frame = answer(4, new byte[Frames.PAYLOAD_BYTES_MAX + 1]);
    int written = 0;
    Received received = Received.NOTHING;
    while (received == Received.NOTHING) {
      written += write(frame, written, Math.min(1 << 20, frame.length - written));
      if (channel.moving()) {
        copies(staging);
        assertEquals(0, invocation.responseBuffer().length());
      }
      received = channel.receive(buffers);
    }
    assertEquals(Received.ANSWER, received);
    assertTrue(channel.functionError());
    assertTrue(invocation.answer().contains("Function.ResponseSizeTooLarge"));
  }

  @Test
  void anErrorThatIsLong() {
    OfferedInvocation invocation = invoked(4, new byte[0]);
    byte[] body = bytes(new Random(3), 500_000);
    byte[] frame = FrameReaderTest.frame(Frames.ERROR, 4, FrameReaderTest.figures(0, 0, 0, body));
    int written = 0;
    Received received = Received.NOTHING;
    while (received == Received.NOTHING) {
      written += write(frame, written, Math.min(1 << 20, frame.length - written));
      if (channel.moving()) {
        copies(staging);
      }
      received = channel.receive(buffers);
    }
    assertEquals(Received.ANSWER, received);
    assertTrue(channel.functionError());
    assertEquals(0, invocation.responseBuffer().errorStart());
    assertEquals(body.length, invocation.responseBuffer().length());
  }
}
