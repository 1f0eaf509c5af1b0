package io.ringmaster.sandbox.linux.channel;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.ringmaster.sandbox.linux.channel.FrameReader.Outcome;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import io.ringmaster.stress.Fuzz;
import java.io.IOException;
import java.lang.foreign.MemorySegment;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Whatever a sandbox writes, and wherever reads cut it, comes to what a plain reading of the
 * channel's specification comes to.
 */
@Timeout(value = 2, unit = TimeUnit.HOURS)
class FrameReaderFuzzTest {
  static final long SEQUENCE = 77;
  private static final int INPUT_BYTES_MAX = 512;

  /** What was asked: STARTED, INIT or ANSWER. */
  enum Asked {
    STARTED,
    INIT,
    ANSWER
  }

  /** What came of an input. */
  record Came(Outcome outcome, byte[] body, boolean error, long mark, long initNs) {
    static final Came VIOLATION = new Came(Outcome.VIOLATION, new byte[0], false, 0, 0);
    static final Came MORE = new Came(Outcome.MORE, new byte[0], false, 0, 0);
  }

  @Test
  void whateverComesComesToWhatItSays() throws IOException {
    Fuzz.run("frames", FrameReaderFuzzTest::one);
  }

  private static void one(SplittableRandom random) {
    Asked asked = Asked.values()[random.nextInt(8) < 6 ? 2 : random.nextInt(2)];
    byte[] bytes = Fuzz.damage(input(asked, random), random);
    Came expected = specified(asked, bytes);
    same(expected, read(asked, bytes, random, false), bytes);
    same(expected, read(asked, bytes, random, true), bytes);
  }

  static void same(Came expected, Came came, byte[] bytes) {
    String text = Arrays.toString(bytes);
    assertEquals(expected.outcome, came.outcome, text);
    assertArrayEquals(expected.body, came.body, text);
    assertEquals(expected.error, came.error, text);
    assertEquals(expected.mark, came.mark, text);
    assertEquals(expected.initNs, came.initNs, text);
  }

  // ---- what a sandbox might write ----

  static byte[] input(Asked asked, SplittableRandom random) {
    ByteBuffer to = ByteBuffer.allocate(INPUT_BYTES_MAX).order(ByteOrder.LITTLE_ENDIAN);
    if (random.nextInt(50) == 0) { // nothing like a frame
      byte[] noise = new byte[random.nextInt(100)];
      random.nextBytes(noise);
      return noise;
    }
    switch (asked) {
      case STARTED -> frame(to, Frames.STARTED, 0, 0, body(random));
      case INIT -> {
        if (random.nextBoolean()) {
          frame(to, Frames.READY, 0, 0, new byte[] {1, 2, 3, 4, 5, 0, 0, 0});
        } else {
          frame(to, Frames.INIT_ERROR, 0, 0, body(random));
        }
      }
      case ANSWER -> {
        int first = random.nextInt(2);
        for (int chunks = random.nextInt(4); chunks > 0; chunks--) {
          frame(to, Frames.CHUNK, first, SEQUENCE, body(random));
          first = 0;
        }
        int flags = random.nextInt(8) == 0 ? Frames.PROCESS_ENDS : 0;
        int kind = random.nextBoolean() ? Frames.RESPONSE : Frames.ERROR;
        frame(to, kind, flags, SEQUENCE, answer(random));
      }
    }
    if (random.nextInt(8) == 0) {
      frame(to, 16 + random.nextInt(8), 0, SEQUENCE, body(random));
    }
    return Arrays.copyOf(to.array(), to.position());
  }

  private static byte[] body(SplittableRandom random) {
    byte[] body = new byte[random.nextInt(40)];
    random.nextBytes(body);
    return body;
  }

  private static byte[] answer(SplittableRandom random) {
    byte[] text = body(random);
    return ByteBuffer.allocate(16 + text.length)
        .order(ByteOrder.LITTLE_ENDIAN)
        .putLong(random.nextInt(1000))
        .putInt(random.nextInt(3) * 1000)
        .putInt(0)
        .put(text)
        .array();
  }

  private static void frame(ByteBuffer to, int kind, int flags, long sequence, byte[] body) {
    to.putInt(body.length).put((byte) kind).put((byte) flags).putShort((short) 0);
    to.putLong(sequence).put(body);
  }

  // ---- the reader ----

  private static Came read(Asked asked, byte[] bytes, SplittableRandom random, boolean cut) {
    FrameReader reader = new FrameReader();
    ResponseBuffer answer = new ResponseBuffer();
    switch (asked) {
      case STARTED -> reader.expectStarted();
      case INIT -> reader.expectInit();
      case ANSWER -> reader.expectAnswer(SEQUENCE, answer);
    }
    MemorySegment from = MemorySegment.ofArray(bytes);
    int at = 0;
    while (at < bytes.length) {
      int count = cut ? Math.min(1 + random.nextInt(24), bytes.length - at) : bytes.length - at;
      Outcome outcome = reader.read(from, at, count);
      if (outcome == Outcome.VIOLATION) {
        assertTrue(reader.violation() != null);
        return Came.VIOLATION;
      }
      assertTrue(reader.consumed() > 0 && reader.consumed() <= count);
      at += reader.consumed();
      if (outcome != Outcome.MORE && outcome != Outcome.CHUNK) {
        boolean answered = outcome == Outcome.ANSWER;
        // What follows the end of what was asked is nobody's, and a violation.
        if (at < bytes.length) {
          return Came.VIOLATION;
        }
        return new Came(
            outcome,
            answered
                ? Arrays.copyOf(answer.array(), answer.length())
                : outcome == Outcome.INIT_ERROR ? reader.initError() : new byte[0],
            answered && reader.functionError(),
            answered ? reader.logMark() : 0,
            outcome == Outcome.READY ? reader.initNs() : 0);
      }
      assertEquals(count, reader.consumed());
    }
    return Came.MORE;
  }

  // ---- the specification ----

  /** What is as long as a slot is one: what stands behind its frame means nothing. */
  static Came specified(Asked asked, byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
    byte[] body = new byte[0];
    boolean chunks = false;
    while (in.remaining() >= 16) {
      int length = in.getInt();
      int kind = in.get() & 0xff;
      int flags = in.get();
      int zero = in.getShort();
      long sequence = in.getLong();
      if (length < 0
          || length > Frames.BODY_BYTES_MAX
          || zero != 0
          || sequence != (asked == Asked.ANSWER ? SEQUENCE : 0)
          || !allowed(asked, kind, flags, length, chunks)) {
        return Came.VIOLATION;
      }
      if (kind == Frames.RESPONSE || kind == Frames.ERROR) {
        return ended(kind, in, length, body, bytes.length == Segment.SLOT_BYTES);
      }
      if (in.remaining() < length) {
        return Came.MORE;
      }
      byte[] part = new byte[length];
      in.get(part);
      if (kind == Frames.CHUNK) {
        chunks = true;
        body = joined(body, part);
        continue;
      }
      long initNs = kind == Frames.READY ? longOf(part) : 0;
      if (initNs < 0 || in.hasRemaining()) {
        return Came.VIOLATION;
      }
      return switch (kind) {
        case Frames.STARTED -> new Came(Outcome.STARTED, new byte[0], false, 0, 0);
        case Frames.READY -> new Came(Outcome.READY, new byte[0], false, 0, initNs);
        default -> new Came(Outcome.INIT_ERROR, part, false, 0, 0);
      };
    }
    return Came.MORE;
  }

  private static boolean allowed(Asked asked, int kind, int flags, int length, boolean chunks) {
    return switch (asked) {
      case STARTED -> kind == Frames.STARTED && flags == 0 && length <= 4096;
      case INIT -> flags == 0 && (kind == Frames.READY ? length == 8 : kind == Frames.INIT_ERROR);
      case ANSWER ->
          switch (kind) {
            case Frames.CHUNK -> flags == 0 || flags == 1 && !chunks;
            case Frames.RESPONSE, Frames.ERROR -> (flags == 0 || flags == 2) && length >= 16;
            default -> false;
          };
    };
  }

  private static Came ended(
      int kind, ByteBuffer in, int length, byte[] before, boolean restIsNothing) {
    if (in.remaining() < 16) {
      return Came.MORE;
    }
    long mark = in.getLong();
    int peakKb = in.getInt();
    if (mark < 0 || peakKb < 0 || in.getInt() != 0) {
      return Came.VIOLATION;
    }
    if (in.remaining() < length - 16) {
      return Came.MORE;
    }
    byte[] rest = new byte[length - 16];
    in.get(rest);
    return in.hasRemaining() && !restIsNothing
        ? Came.VIOLATION
        : new Came(Outcome.ANSWER, joined(before, rest), kind == Frames.ERROR, mark, 0);
  }

  private static long longOf(byte[] part) {
    return ByteBuffer.wrap(part).order(ByteOrder.LITTLE_ENDIAN).getLong();
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}
