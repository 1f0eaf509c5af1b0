package io.ringmaster.sandbox.linux.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.channel.FrameReader.Outcome;
import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import java.io.ByteArrayOutputStream;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class FrameReaderTest {
  private static final long SEQUENCE = 77;

  private final FrameReader reader = new FrameReader();
  private final ResponseBuffer answer = new ResponseBuffer();

  static byte[] frame(int kind, long sequence, byte[] body) {
    return header(body.length, kind, 0, 0, sequence, body);
  }

  private static byte[] header(
      int length, int kind, int flags, int zero, long sequence, byte[] body) {
    return ByteBuffer.allocate(16 + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(length)
        .put((byte) kind)
        .put((byte) flags)
        .putShort((short) zero)
        .putLong(sequence)
        .put(body)
        .array();
  }

  static byte[] figures(long mark, int peakKb, int zero, byte[] body) {
    return ByteBuffer.allocate(16 + body.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(mark)
        .putInt(peakKb)
        .putInt(zero)
        .put(body)
        .array();
  }

  private Outcome read(byte[] bytes) {
    return reader.read(MemorySegment.ofArray(bytes), 0, bytes.length);
  }

  private byte[] answered() {
    return Arrays.copyOf(answer.array(), answer.length());
  }

  @Test
  void anAnswerMaySayThatTheProcessEnds() {
    byte[] body = figures(5, 900, 0, "{}".getBytes(StandardCharsets.UTF_8));
    reader.expectAnswer(SEQUENCE, answer);
    assertEquals(Outcome.ANSWER, read(header(body.length, Frames.ERROR, 2, 0, SEQUENCE, body)));
    assertTrue(reader.processEnds());
    answer.clear();
    reader.expectAnswer(SEQUENCE, answer);
    assertEquals(Outcome.ANSWER, read(frame(Frames.RESPONSE, SEQUENCE, body)));
    assertFalse(reader.processEnds());
    reader.expectAnswer(SEQUENCE, answer);
    assertEquals(Outcome.VIOLATION, read(header(body.length, Frames.ERROR, 1, 0, SEQUENCE, body)));
    assertEquals("flags in a header", reader.violation());
  }

  @Test
  void aLifeWhereverItIsCut() {
    byte[] started = frame(Frames.STARTED, 0, "{\"pid\": 2}".getBytes(StandardCharsets.UTF_8));
    byte[] ready = frame(Frames.READY, 0, new byte[] {1, 2, 0, 0, 0, 0, 0, 0});
    byte[] chunk = frame(Frames.CHUNK, SEQUENCE, "ab".getBytes(StandardCharsets.UTF_8));
    byte[] response =
        frame(Frames.RESPONSE, SEQUENCE, figures(5, 900, 0, "cd".getBytes(StandardCharsets.UTF_8)));
    byte[] error =
        frame(Frames.ERROR, SEQUENCE + 1, figures(6, 0, 0, "{}".getBytes(StandardCharsets.UTF_8)));
    for (int cut = 0; cut <= 48; cut++) {
      FrameReader each = new FrameReader();
      each.expectStarted();
      assertEquals(Outcome.STARTED, inTwo(each, started, cut));
      each.expectInit();
      assertEquals(Outcome.READY, inTwo(each, ready, cut));
      assertEquals(0x201, each.initNs());
      answer.clear();
      each.expectAnswer(SEQUENCE, answer);
      assertEquals(Outcome.CHUNK, inTwo(each, chunk, cut));
      assertEquals(Outcome.ANSWER, inTwo(each, response, cut));
      assertArrayEquals("abcd".getBytes(StandardCharsets.UTF_8), answered());
      assertEquals(2, answer.chunkCount());
      assertFalse(each.functionError());
      assertEquals(5, each.logMark());
      assertEquals(900, each.maxMemoryKb());
      answer.clear();
      each.expectAnswer(SEQUENCE + 1, answer);
      assertEquals(Outcome.ANSWER, inTwo(each, error, cut));
      assertTrue(each.functionError());
      assertArrayEquals("{}".getBytes(StandardCharsets.UTF_8), answered());
      assertEquals(900, each.maxMemoryKb());
    }
  }

  private static Outcome inTwo(FrameReader reader, byte[] bytes, int cut) {
    int first = Math.min(cut, bytes.length);
    Outcome outcome = reader.read(MemorySegment.ofArray(bytes), 0, first);
    return first == bytes.length
        ? outcome
        : reader.read(MemorySegment.ofArray(bytes), first, bytes.length - first);
  }

  @Test
  void initErrorsAreKeptWhole() {
    reader.expectInit();
    byte[] document = new byte[100_000];
    Arrays.fill(document, (byte) 'e');
    byte[] frame = frame(Frames.INIT_ERROR, 0, document);
    for (int at = 0; at < frame.length; at += 777) {
      int count = Math.min(777, frame.length - at);
      Outcome outcome = reader.read(MemorySegment.ofArray(frame), at, count);
      assertEquals(at + count == frame.length ? Outcome.INIT_ERROR : Outcome.MORE, outcome);
    }
    assertArrayEquals(document, reader.initError());
  }

  @Test
  void anAnswerThatIsTooLongIsReplaced() {
    reader.expectAnswer(SEQUENCE, answer);
    byte[] body = new byte[Frames.PAYLOAD_BYTES_MAX + 1];
    assertEquals(Outcome.ANSWER, read(frame(Frames.RESPONSE, SEQUENCE, figures(0, 0, 0, body))));
    assertTrue(reader.functionError());
    assertArrayEquals(Frames.RESPONSE_TOO_LARGE, answered());
  }

  @Test
  void chunksThatAreTooLongTogetherAreReplaced() {
    reader.expectAnswer(SEQUENCE, answer);
    byte[] chunk = frame(Frames.CHUNK, SEQUENCE, new byte[1 << 20]);
    for (int i = 0; i < 10; i++) {
      read(chunk);
      assertTrue(answer.length() <= Frames.PAYLOAD_BYTES_MAX);
    }
    assertEquals(
        Outcome.ANSWER, read(frame(Frames.RESPONSE, SEQUENCE, figures(0, 0, 0, new byte[0]))));
    assertArrayEquals(Frames.RESPONSE_TOO_LARGE, answered());
    assertEquals(1, answer.chunkCount());
  }

  @Test
  void theFirstChunkSaysOfWhatKindTheStreamIs() {
    reader.expectAnswer(SEQUENCE, answer);
    assertEquals(Outcome.CHUNK, read(header(1, Frames.CHUNK, 1, 0, SEQUENCE, new byte[1])));
    assertEquals(Invocation.HTTP_INTEGRATION_RESPONSE, answer.contentType());
    assertEquals(Outcome.CHUNK, read(frame(Frames.CHUNK, SEQUENCE, new byte[1])));
    assertEquals(Invocation.HTTP_INTEGRATION_RESPONSE, answer.contentType());
    assertEquals(
        Outcome.VIOLATION, read(header(1, Frames.CHUNK, 1, 0, SEQUENCE, new byte[1])), "too late");
    answer.clear();
    FrameReader other = new FrameReader();
    other.expectAnswer(SEQUENCE, answer);
    byte[] plain = frame(Frames.CHUNK, SEQUENCE, new byte[1]);
    assertEquals(Outcome.CHUNK, other.read(MemorySegment.ofArray(plain), 0, plain.length));
    assertEquals(Invocation.OCTET_STREAM, answer.contentType());
  }

  @Test
  void anErrorAfterChunksStandsBehindThem() {
    reader.expectAnswer(SEQUENCE, answer);
    read(frame(Frames.CHUNK, SEQUENCE, "abc".getBytes(StandardCharsets.UTF_8)));
    assertEquals(3, reader.chunkBytes());
    answer.drop(3);
    byte[] document = "{\"errorType\":\"E\"}".getBytes(StandardCharsets.UTF_8);
    byte[] chunk = frame(Frames.CHUNK, SEQUENCE, "de".getBytes(StandardCharsets.UTF_8));
    byte[] error = frame(Frames.ERROR, SEQUENCE, figures(1, 0, 0, document));
    byte[] both = ByteBuffer.allocate(chunk.length + error.length).put(chunk).put(error).array();
    assertEquals(Outcome.ANSWER, read(both));
    assertTrue(reader.functionError());
    assertEquals(2, answer.errorStart());
    assertEquals("de{\"errorType\":\"E\"}", new String(answered(), StandardCharsets.UTF_8));
  }

  @Test
  void aChunkIsToldAsItComes() {
    reader.expectAnswer(SEQUENCE, answer);
    byte[] chunk = frame(Frames.CHUNK, SEQUENCE, "abcdef".getBytes(StandardCharsets.UTF_8));
    MemorySegment bytes = MemorySegment.ofArray(chunk);
    assertEquals(Outcome.CHUNK, reader.read(bytes, 0, 18));
    assertEquals(2, reader.chunkBytes());
    answer.drop(2);
    assertEquals(Outcome.CHUNK, reader.read(bytes, 18, 4));
    assertEquals(4, reader.chunkBytes());
    assertEquals("cdef", new String(answered(), StandardCharsets.UTF_8));
  }

  @Test
  void theLongestAnswerPasses() {
    reader.expectAnswer(SEQUENCE, answer);
    byte[] body = new byte[Frames.PAYLOAD_BYTES_MAX];
    assertEquals(Outcome.ANSWER, read(frame(Frames.RESPONSE, SEQUENCE, figures(0, 0, 0, body))));
    assertFalse(reader.functionError());
    assertEquals(body.length, answer.length());
  }

  private void violated(byte[] bytes, String what) {
    assertEquals(Outcome.VIOLATION, read(bytes));
    assertTrue(reader.violation().contains(what), reader.violation());
    assertEquals(0, answer.length());
  }

  @ParameterizedTest
  @ValueSource(ints = {16, 17, 18, 19, 20, 21, 0, 1, 2, 22, 255})
  void nothingMayComeUnasked(int kind) {
    violated(frame(kind, 0, new byte[16]), "where NOTHING was expected");
  }

  @ParameterizedTest
  @ValueSource(ints = {-1, 6_356_993, Integer.MIN_VALUE, Integer.MAX_VALUE})
  void lengthsThatCannotBe(int length) {
    reader.expectAnswer(SEQUENCE, answer);
    violated(header(length, Frames.RESPONSE, 0, 0, SEQUENCE, new byte[0]), "frame of");
  }

  @Test
  void eachFrameInItsState() {
    reader.expectStarted();
    violated(frame(Frames.READY, 0, new byte[8]), "where STARTED was expected");
  }

  @Test
  void anAnswerToAnotherQuestion() {
    reader.expectAnswer(SEQUENCE, answer);
    violated(frame(Frames.RESPONSE, SEQUENCE - 1, figures(0, 0, 0, new byte[0])), "sequence");
  }

  @Test
  void figuresThatCannotBe() {
    reader.expectAnswer(SEQUENCE, answer);
    violated(frame(Frames.RESPONSE, SEQUENCE, figures(-1, 0, 0, new byte[0])), "figures");
  }

  @Test
  void anAnswerWithoutFigures() {
    reader.expectAnswer(SEQUENCE, answer);
    violated(frame(Frames.RESPONSE, SEQUENCE, new byte[15]), "15 bytes");
  }

  @Test
  void flagsAreNotDefined() {
    reader.expectAnswer(SEQUENCE, answer);
    violated(header(16, Frames.RESPONSE, 1, 0, SEQUENCE, new byte[16]), "flags");
  }

  @Test
  void aReadyOfAnotherLength() {
    reader.expectInit();
    violated(frame(Frames.READY, 0, new byte[9]), "9 bytes");
  }

  @Test
  void aNegativeTime() {
    reader.expectInit();
    violated(frame(Frames.READY, 0, new byte[] {0, 0, 0, 0, 0, 0, 0, (byte) 0x80}), "negative");
  }

  /**
   * Whatever comes, in whatever pieces: an outcome, and never more memory than the bounds allow.
   */
  @Test
  void anyBytes() {
    int violations = 0;
    int answers = 0;
    for (long seed = 0; seed < 20_000; seed++) {
      Random random = new Random(seed);
      FrameReader each = new FrameReader();
      ResponseBuffer buffer = new ResponseBuffer();
      each.expectAnswer(SEQUENCE, buffer);
      byte[] bytes = mutated(random);
      Outcome outcome = Outcome.MORE;
      for (int at = 0; at < bytes.length; ) {
        int count = Math.min(bytes.length - at, 1 + random.nextInt(40));
        outcome = each.read(MemorySegment.ofArray(bytes), at, count);
        assertTrue(buffer.array().length <= Frames.PAYLOAD_BYTES_MAX + 256, "seed " + seed);
        if (outcome == Outcome.VIOLATION || outcome == Outcome.ANSWER) {
          break;
        }
        assertEquals(count, each.consumed());
        at += count;
      }
      violations += outcome == Outcome.VIOLATION ? 1 : 0;
      answers += outcome == Outcome.ANSWER ? 1 : 0;
    }
    assertTrue(violations > 1_000 && answers > 1_000, violations + " " + answers);
  }

  private static byte[] mutated(Random random) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (int i = random.nextInt(3); i > 0; i--) {
      out.writeBytes(frame(Frames.CHUNK, SEQUENCE, new byte[random.nextInt(60)]));
    }
    out.writeBytes(
        frame(Frames.RESPONSE, SEQUENCE, figures(1, 2, 0, new byte[random.nextInt(60)])));
    byte[] bytes = out.toByteArray();
    if (random.nextInt(3) > 0) {
      for (int i = random.nextInt(4); i >= 0; i--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
    }
    return bytes;
  }
}
