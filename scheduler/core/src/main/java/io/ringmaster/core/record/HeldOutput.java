package io.ringmaster.core.record;

import java.util.ArrayDeque;
import java.util.Arrays;

/**
 * Output of one process that may be that of an invocation which the agent does not know yet: one
 * that lay behind the running one, and began before the dispatcher had seen the answer. First in,
 * first out. Log agent only.
 */
final class HeldOutput {
  /** What is held at most; a function that writes more does so by itself. */
  private static final int BYTES_MAX = 64 * 1024;

  /** A piece as {@code LogStream.output} takes it. */
  private record Piece(byte[] bytes, long mark, long position, int level) {}

  private final ArrayDeque<Piece> pieces = new ArrayDeque<>();
  private int bytesHeld;

  boolean isEmpty() {
    return pieces.isEmpty();
  }

  /** Whether there is room for a piece of that length. */
  boolean hasRoom(int length) {
    return bytesHeld + length <= BYTES_MAX;
  }

  void add(byte[] bytes, int offset, int length, long mark, long position, int level) {
    byte[] copy = Arrays.copyOfRange(bytes, offset, offset + length);
    pieces.add(new Piece(copy, mark, position, level));
    bytesHeld += length;
  }

  /** The first one's mark. */
  long mark() {
    return pieces.peek().mark;
  }

  /** The first one's position. */
  long position() {
    return pieces.peek().position;
  }

  /** Hands the first one over. */
  void release(LogStream to) {
    Piece first = pieces.poll();
    bytesHeld -= first.bytes.length;
    to.attribute(first.bytes, 0, first.bytes.length, first.mark, first.position, first.level);
  }
}
