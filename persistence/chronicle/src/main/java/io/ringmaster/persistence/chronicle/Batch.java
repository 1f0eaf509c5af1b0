package io.ringmaster.persistence.chronicle;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * Records that wait to be written together, as one document of Chronicle's: a word with its length
 * and whether it is complete, then the records, each from a multiple of four bytes on. The
 * appender's thread only.
 */
final class Batch {
  /** From so many bytes on a batch is written before it takes more. */
  static final int BYTES_FULL = 1 << 20;

  private static final int WORD = Integer.BYTES;
  private static final int INCOMPLETE_BIT = 0x80000000;

  private final ByteBuffer word = allocate(WORD);
  private ByteBuffer bytes = allocate(BYTES_FULL + (1 << 16));

  private static ByteBuffer allocate(int bytes) {
    return ByteBuffer.allocateDirect(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  boolean isEmpty() {
    return bytes.position() == 0;
  }

  /** Of the document with its word, a multiple of four. */
  int length() {
    return bytes.position();
  }

  /** Where the record begins in the document, its word included. */
  int add(byte[] record, int length) {
    if (bytes.remaining() < WORD + padded(length)) {
      grow(WORD + padded(length));
    }
    if (isEmpty()) {
      bytes.putInt(0);
    }
    int at = bytes.position();
    bytes.put(record, 0, length);
    while (bytes.position() % WORD != 0) {
      bytes.put((byte) 0);
    }
    return at;
  }

  private void grow(int room) {
    ByteBuffer larger = allocate(bytes.position() + Math.max(room, bytes.capacity()));
    bytes = larger.put(bytes.flip());
  }

  /** The document, which says that it is not complete. Until the batch is emptied. */
  ByteBuffer incomplete() {
    return bytes
        .duplicate()
        .order(ByteOrder.LITTLE_ENDIAN)
        .putInt(0, word() | INCOMPLETE_BIT)
        .flip();
  }

  /** What the document begins with when it is complete. */
  ByteBuffer completeWord() {
    return word.clear().putInt(0, word());
  }

  private int word() {
    return bytes.position() - WORD;
  }

  void clear() {
    bytes.clear();
  }

  /** Where what begins behind so many bytes. */
  static int padded(int length) {
    return (length + WORD - 1) & -WORD;
  }
}
