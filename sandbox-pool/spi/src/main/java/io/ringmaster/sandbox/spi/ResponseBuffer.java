package io.ringmaster.sandbox.spi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;
import java.util.Objects;

/**
 * The answer to one invocation: bytes, and where its chunks end. A buffered answer is the one-chunk
 * case. Grows as needed and is reused, so a warm invocation allocates nothing.
 *
 * <p>What a driver says of the answer beside its bytes: {@link #contentType(String)} before the
 * first part of a streamed one, {@link #beginError} before the first byte of an error document that
 * follows parts.
 *
 * <p>Written by the dispatcher thread until the invocation settles, read by its caller afterwards.
 */
public final class ResponseBuffer {
  /** What {@link #logPosition()} is where nobody looked. */
  public static final long UNKNOWN = -1;

  private static final int KEPT_MAX = 64 * 1024;

  private byte[] bytes = new byte[256];
  private int length;
  private int[] chunkEnds = new int[1];
  private int chunks;
  private int errorStart;
  private String errorType;
  private String errorCause;
  private String contentType;
  private long logPosition = UNKNOWN;

  /** Forgets the content; a large array is given back. */
  public void clear() {
    length = 0;
    chunks = 0;
    errorStart = 0;
    errorType = null;
    errorCause = null;
    contentType = null;
    logPosition = UNKNOWN;
    if (bytes.length > KEPT_MAX) {
      bytes = new byte[256];
    }
  }

  /** Appends a copy of {@code count} bytes. */
  public void append(MemorySegment source, long offset, int count) {
    reserve(count);
    MemorySegment.copy(source, ValueLayout.JAVA_BYTE, offset, bytes, length, count);
    length += count;
  }

  /** Appends a copy of {@code count} bytes. */
  public void append(byte[] source, int offset, int count) {
    reserve(count);
    System.arraycopy(source, offset, bytes, length, count);
    length += count;
  }

  /**
   * Goes on in another array: takes it over, with what was written into it behind the first {@link
   * #length()} bytes, which are copied there from here.
   *
   * @param array nobody else's from now on
   * @param count how many bytes were written there
   * @throws IndexOutOfBoundsException when the array is shorter than both together
   */
  public void adopt(byte[] array, int count) {
    Objects.checkFromIndexSize(length, count, array.length);
    System.arraycopy(bytes, 0, array, 0, length);
    bytes = array;
    length += count;
  }

  /** Makes room for {@code count} more bytes at once. */
  public void reserve(int count) {
    int needed = Math.addExact(length, count);
    if (needed > bytes.length) {
      bytes =
          Arrays.copyOf(
              bytes, Math.max(needed, Math.min(bytes.length * 2, bytes.length + (1 << 20))));
    }
  }

  /** Ends a chunk here, if anything came since the last end or if nothing came at all. */
  public void endChunk() {
    if (chunks > 0 && chunkEnds[chunks - 1] == length) {
      return;
    }
    if (chunks == chunkEnds.length) {
      chunkEnds = Arrays.copyOf(chunkEnds, chunks * 2);
    }
    chunkEnds[chunks++] = length;
  }

  /**
   * What comes from here on is the error document; what came before are parts of an answer that was
   * broken off. Never called, a failed answer is its document and nothing else.
   *
   * @param type the error's type, where the runtime says it beside the document; else null
   */
  public void beginError(String type) {
    errorStart = length;
    errorType = type;
  }

  /** Where the error document begins, if the answer is one; see {@link #beginError}. */
  public int errorStart() {
    return errorStart;
  }

  /** The error's type as the runtime said it beside the document, or null. */
  public String errorType() {
    return errorType;
  }

  /** What the runtime says of the error for X-Ray: JSON of at most 64 KiB; null: nothing. */
  public void errorCause(String cause) {
    errorCause = cause;
  }

  /** What the runtime said of the error for X-Ray, as it wrote it, or null. */
  public String errorCause() {
    return errorCause;
  }

  /** Media type of a streamed answer, such as {@link Invocation#HTTP_INTEGRATION_RESPONSE}. */
  public void contentType(String value) {
    contentType = value;
  }

  /** Media type of the answer as the runtime said it; null: it did not. */
  public String contentType() {
    return contentType;
  }

  /** Bytes that the process had written to its log when it answered, framed or not; ≥ 0. */
  public void logPosition(long bytesWritten) {
    logPosition = bytesWritten;
  }

  /**
   * Bytes that the process had written to its log when it answered, framed or not: which of its raw
   * output is this answer's. {@link #UNKNOWN}: nobody looked.
   */
  public long logPosition() {
    return logPosition;
  }

  /** Takes the first {@code count} bytes away; whole chunks, or parts of them, go with them. */
  public void drop(int count) {
    if (count < 0 || count > length) {
      throw new IllegalArgumentException(count + " of " + length + " bytes");
    }
    length -= count;
    System.arraycopy(bytes, count, bytes, 0, length);
    errorStart = Math.max(0, errorStart - count);
    int kept = 0;
    for (int i = 0; i < chunks; i++) {
      if (chunkEnds[i] > count) {
        chunkEnds[kept++] = chunkEnds[i] - count;
      }
    }
    chunks = kept;
  }

  /** Bytes so far. */
  public int length() {
    return length;
  }

  /** The array that holds them, from index 0; valid until the next append or clear. */
  public byte[] array() {
    return bytes;
  }

  /** Number of ended chunks. */
  public int chunkCount() {
    return chunks;
  }

  /** Where chunk {@code index} begins. */
  public int chunkStart(int index) {
    return index == 0 ? 0 : chunkEnds[index - 1];
  }

  /** Where chunk {@code index} ends, exclusively. */
  public int chunkEnd(int index) {
    return chunkEnds[index];
  }
}
