package io.ringmaster.sandbox.spi;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * The answer to one invocation: bytes, and where its chunks end. A buffered answer is the one-chunk
 * case. Grows as needed and is reused, so a warm invocation allocates nothing.
 *
 * <p>Written by the dispatcher thread until the invocation settles, read by its caller afterwards.
 */
public final class ResponseBuffer {
  private static final int KEPT_MAX = 64 * 1024;

  private byte[] bytes = new byte[256];
  private int length;
  private int[] chunkEnds = new int[1];
  private int chunks;

  /** Forgets the content; a large array is given back. */
  public void clear() {
    length = 0;
    chunks = 0;
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
