package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.spi.Invocation;
import io.ringmaster.sandbox.spi.ResponseBuffer;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;
import java.util.function.LongPredicate;

/**
 * Understands what one sandbox process writes, wherever reads cut it. Judges each header against
 * the one thing that may come now; by default nothing may.
 */
final class FrameReader {
  /** What the bytes came to. */
  enum Outcome {
    /** No frame ended. */
    MORE,
    STARTED,
    READY,
    INIT_ERROR,
    /** Bytes of a streamed answer, and no end of it. */
    CHUNK,
    /** The answer is complete; see {@link #functionError}. */
    ANSWER,
    /** An invocation that was to be taken back was not begun. */
    SKIPPED,
    /**
     * The next frame belongs to an invocation behind the expected one. Its header was consumed and
     * forgotten: {@link #laterHeader} comes again before what follows it.
     */
    LATER,
    /** The sandbox broke the protocol; see {@link #violation}. */
    VIOLATION
  }

  /** What may come. */
  enum Expectation {
    NOTHING,
    STARTED,
    /** READY or INIT_ERROR. */
    INIT,
    /** CHUNK, RESPONSE or ERROR of one invocation. */
    ANSWER,
    /** That one invocation was not begun. */
    SKIPPED
  }

  private static final int STARTED_BYTES_MAX = 4096;
  private static final int READY_BYTES = 8;
  private static final byte[] NOTHING = {};

  private Expectation expectation = Expectation.NOTHING;
  private long sequence;

  /** Whether a sequence is that of an invocation behind the expected one. */
  private final LongPredicate later;

  private boolean mayBeSkipped;
  private long bellsLeft;

  private ResponseBuffer answer;

  // The frame that is being read: header and figures are collected first, then the body streams
  // through.
  private final byte[] prefix = new byte[Frames.HEADER_BYTES + Frames.FIGURES_BYTES];
  private final MemorySegment prefixSegment = MemorySegment.ofArray(prefix);
  private int prefixLength;
  private int prefixWanted = Frames.HEADER_BYTES;
  private boolean inBody;
  private int kind;
  private int remaining;

  // The answer so far.
  private boolean oversize;
  private boolean streaming;
  private int chunkBytes;

  // What came, for the owner to read after an outcome.
  private int consumed;
  private long initNs;
  private byte[] initError = NOTHING;
  private int initErrorLength;
  private boolean functionError;
  private boolean processEnds;
  private long logMark;
  private int maxMemoryKb;
  private String violation;

  /** Of a process that is never in more than one invocation. */
  FrameReader() {
    this(other -> false);
  }

  /**
   * @param later whether a sequence is that of an invocation behind the expected one
   */
  FrameReader(LongPredicate later) {
    this.later = later;
  }

  void expectNothing() {
    expectation = Expectation.NOTHING;
    answer = null;
  }

  void expectStarted() {
    expectation = Expectation.STARTED;
  }

  void expectInit() {
    expectation = Expectation.INIT;
  }

  void expectAnswer(long invocationSequence, ResponseBuffer into) {
    expectation = Expectation.ANSWER;
    sequence = invocationSequence;
    mayBeSkipped = false;
    answer = into;
    oversize = false;
    streaming = false;
  }

  /** An invocation was taken back: nothing but that it was skipped is expected of it. */
  void expectSkipped(long invocationSequence) {
    expectation = Expectation.SKIPPED;
    sequence = invocationSequence;
    streaming = false;
    answer = null;
  }

  /** The expected invocation was taken back, perhaps too late. */
  void mayBeSkipped() {
    mayBeSkipped = true;
  }

  /** So many more doorbells may come, at any time. */
  void allowBells(int count) {
    bellsLeft += count;
  }

  /** The header of the frame that came too early. */
  byte[] laterHeader() {
    return Arrays.copyOf(prefix, Frames.HEADER_BYTES);
  }

  Expectation expectation() {
    return expectation;
  }

  /** Whether a frame was begun and not ended. */
  boolean partial() {
    return prefixLength > 0;
  }

  /** Whether a part of the expected answer came. */
  boolean streaming() {
    return streaming;
  }

  /** Bytes that are still to come of the body that was begun. */
  int remaining() {
    return inBody ? remaining : 0;
  }

  /** Whether the rest of the body that was begun may come by {@link #moved}. */
  boolean mayMove() {
    return inBody && !streaming && (kind == Frames.RESPONSE || kind == Frames.ERROR);
  }

  /** Whether the bytes of the body are kept. */
  boolean keeps() {
    return !oversize;
  }

  /** Bytes of the answer that came so far. */
  int answerBytes() {
    return answer.length();
  }

  /**
   * So many bytes of the body came by another way.
   *
   * @param array where they are, behind {@link #answerBytes} others; not used where nothing is kept
   */
  Outcome moved(byte[] array, int count) {
    remaining -= count;
    if (!oversize && count > 0) {
      answer.adopt(array, count);
    }
    return remaining == 0 ? frameEnd() : Outcome.MORE;
  }

  int consumed() {
    return consumed;
  }

  long initNs() {
    return initNs;
  }

  /** The init error's document; a copy. */
  byte[] initError() {
    return Arrays.copyOf(initError, initErrorLength);
  }

  boolean functionError() {
    return functionError;
  }

  boolean processEnds() {
    return processEnds;
  }

  long logMark() {
    return logMark;
  }

  int maxMemoryKb() {
    return maxMemoryKb;
  }

  int chunkBytes() {
    return chunkBytes;
  }

  String violation() {
    return violation;
  }

  /**
   * Reads until a frame that is an outcome ended or the bytes did. {@link #consumed} tells how many
   * were used.
   *
   * @param from {@code length} bytes at {@code offset}
   */
  Outcome read(MemorySegment from, int offset, int length) {
    int at = offset;
    int end = offset + length;
    chunkBytes = 0;
    while (at < end) {
      if (!inBody) {
        int count = Math.min(prefixWanted - prefixLength, end - at);
        MemorySegment.copy(from, Frames.BYTE, at, prefix, prefixLength, count);
        prefixLength += count;
        at += count;
        if (isLater()) {
          prefixLength = 0;
          consumed = at - offset;
          return Outcome.LATER;
        }
        if (prefixLength < prefixWanted || !prefixComplete()) {
          if (violation != null) {
            return Outcome.VIOLATION;
          }
          continue;
        }
      } else {
        int count = Math.min(remaining, end - at);
        body(from, at, count);
        at += count;
        remaining -= count;
      }
      if (remaining == 0) {
        Outcome outcome = frameEnd();
        if (outcome != Outcome.MORE) {
          consumed = at - offset;
          return outcome;
        }
      }
    }
    consumed = at - offset;
    return chunkBytes > 0 ? Outcome.CHUNK : Outcome.MORE;
  }

  private boolean isLater() {
    if (prefixLength != Frames.HEADER_BYTES || prefixWanted != Frames.HEADER_BYTES) {
      return false;
    }
    long frameSequence = prefixSegment.get(Frames.LONG, 8);
    return frameSequence != sequence && frameSequence != 0 && later.test(frameSequence);
  }

  /**
   * Judges the header, then waits for the figures where there are any; true when the body begins.
   */
  private boolean prefixComplete() {
    if (prefixLength == Frames.HEADER_BYTES) {
      judge();
      if (violation != null) {
        return false;
      }
      if (kind == Frames.RESPONSE || kind == Frames.ERROR) {
        prefixWanted = Frames.HEADER_BYTES + Frames.FIGURES_BYTES;
        return false;
      }
    } else {
      figures();
      if (violation != null) {
        return false;
      }
    }
    beginBody();
    return true;
  }

  private void judge() {
    int length = prefixSegment.get(Frames.INT, 0);
    kind = prefix[4] & 0xff;
    long frameSequence = prefixSegment.get(Frames.LONG, 8);
    if (length < 0 || length > Frames.BODY_BYTES_MAX) {
      violation = "frame of " + Integer.toUnsignedString(length) + " bytes";
    } else if (prefix[6] != 0 || prefix[7] != 0) {
      violation = "flags in a header";
    } else if (!expected()) {
      violation = "frame of kind " + kind + " where " + expectation + " was expected";
    } else if (prefix[5] != 0 && !mayHaveFlags()) {
      violation = "flags in a header";
    } else if (!sequenceFits(frameSequence)) {
      violation = "frame with a wrong sequence";
    } else if (!lengthFits(length)) {
      violation = "frame of kind " + kind + " with " + length + " bytes";
    }
    remaining = length;
  }

  /**
   * Only the first part of a streamed answer says of what kind it is, and only an answer's end that
   * the process ends, too.
   */
  private boolean mayHaveFlags() {
    return switch (kind) {
      case Frames.CHUNK -> prefix[5] == Frames.HTTP_INTEGRATION && !streaming;
      case Frames.RESPONSE, Frames.ERROR -> prefix[5] == Frames.PROCESS_ENDS;
      default -> false;
    };
  }

  private boolean sequenceFits(long frameSequence) {
    return switch (kind) {
      case Frames.BELL -> frameSequence == 0;
      case Frames.SKIPPED -> frameSequence == sequence && !streaming;
      default -> frameSequence == (expectation == Expectation.ANSWER ? sequence : 0);
    };
  }

  private boolean expected() {
    if (kind == Frames.BELL) {
      return bellsLeft > 0;
    }
    if (kind == Frames.SKIPPED) {
      return expectation == Expectation.SKIPPED
          || expectation == Expectation.ANSWER && mayBeSkipped;
    }
    return switch (expectation) {
      case NOTHING, SKIPPED -> false;
      case STARTED -> kind == Frames.STARTED;
      case INIT -> kind == Frames.READY || kind == Frames.INIT_ERROR;
      case ANSWER -> kind == Frames.RESPONSE || kind == Frames.ERROR || kind == Frames.CHUNK;
    };
  }

  private boolean lengthFits(int length) {
    return switch (kind) {
      case Frames.STARTED -> length <= STARTED_BYTES_MAX;
      case Frames.READY -> length == READY_BYTES;
      case Frames.BELL, Frames.SKIPPED -> length == 0;
      case Frames.RESPONSE, Frames.ERROR -> length >= Frames.FIGURES_BYTES;
      default -> true;
    };
  }

  private void figures() {
    remaining -= Frames.FIGURES_BYTES;
    logMark = prefixSegment.get(Frames.LONG, Frames.HEADER_BYTES);
    int peakKb = prefixSegment.get(Frames.INT, Frames.HEADER_BYTES + 8);
    if (logMark < 0 || peakKb < 0 || prefixSegment.get(Frames.INT, Frames.HEADER_BYTES + 12) != 0) {
      violation = "figures that cannot be";
    } else if (peakKb > 0) {
      maxMemoryKb = peakKb;
    }
  }

  private void beginBody() {
    inBody = true;
    if (kind == Frames.BELL || kind == Frames.SKIPPED) {
      return;
    }
    if (expectation == Expectation.ANSWER) {
      if (kind == Frames.CHUNK && !streaming) {
        streaming = true;
        answer.contentType(
            prefix[5] == 0 ? Invocation.OCTET_STREAM : Invocation.HTTP_INTEGRATION_RESPONSE);
      } else if (kind == Frames.ERROR && !oversize) {
        answer.beginError(null);
      }
      if ((long) answer.length() + remaining > Frames.PAYLOAD_BYTES_MAX) {
        oversize = true;
      }
      if (!oversize && remaining > 0 && (streaming || remaining <= ChannelBuffers.PIECE_BYTES)) {
        answer.reserve(remaining);
      }
    } else {
      initErrorLength = 0;
    }
  }

  private void body(MemorySegment from, int at, int count) {
    if (expectation == Expectation.ANSWER) {
      if (!oversize) {
        answer.append(from, at, count);
        if (kind == Frames.CHUNK) {
          chunkBytes += count;
        }
      }
    } else if (kind != Frames.STARTED) {
      keep(from, at, count);
    }
  }

  /** Keeps a READY's or an INIT_ERROR's body, in memory that follows what arrived. */
  private void keep(MemorySegment from, int at, int count) {
    int needed = initErrorLength + count;
    if (needed > initError.length) {
      initError = Arrays.copyOf(initError, Math.max(needed, initError.length * 2));
    }
    MemorySegment.copy(from, Frames.BYTE, at, initError, initErrorLength, count);
    initErrorLength = needed;
  }

  private Outcome frameEnd() {
    prefixLength = 0;
    prefixWanted = Frames.HEADER_BYTES;
    inBody = false;
    return switch (kind) {
      case Frames.BELL -> {
        bellsLeft--;
        yield Outcome.MORE;
      }
      case Frames.SKIPPED -> {
        yield ended(Outcome.SKIPPED);
      }
      case Frames.STARTED -> ended(Outcome.STARTED);
      case Frames.READY -> {
        initNs = MemorySegment.ofArray(initError).get(Frames.LONG, 0);
        if (initNs < 0) {
          violation = "a negative time";
          yield Outcome.VIOLATION;
        }
        yield ended(Outcome.READY);
      }
      case Frames.INIT_ERROR -> ended(Outcome.INIT_ERROR);
      case Frames.CHUNK -> {
        if (!oversize && answer.length() > 0) {
          answer.endChunk();
        }
        yield Outcome.MORE;
      }
      default -> answered();
    };
  }

  private Outcome answered() {
    functionError = kind == Frames.ERROR || oversize;
    processEnds = prefix[5] == Frames.PROCESS_ENDS;
    if (oversize) {
      answer.clear();
      answer.append(Frames.RESPONSE_TOO_LARGE, 0, Frames.RESPONSE_TOO_LARGE.length);
    }
    answer.endChunk();
    return ended(Outcome.ANSWER);
  }

  private Outcome ended(Outcome outcome) {
    expectNothing();
    return outcome;
  }
}
