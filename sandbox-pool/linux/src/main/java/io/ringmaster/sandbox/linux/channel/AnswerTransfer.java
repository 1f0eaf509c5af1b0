package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.system.Linux;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * The rest of an answer's body on its way from a sandbox process, into an array of its own: the
 * invocation's buffer is the dispatcher's alone. The array follows what really came.
 */
final class AnswerTransfer extends Transfer {
  private static final int FIRST_BYTES = 1024 * 1024;
  private static final int GROWTH = 4;

  private final int before;
  private final int wanted;
  private final boolean kept;

  // Copier, then dispatcher.
  private byte[] array = {};
  private int count;
  private boolean atEnd;

  /**
   * So many bytes.
   *
   * @param before bytes that the array's user will put before them
   * @param kept false: they are only taken out of the pipe
   */
  AnswerTransfer(Copies copies, long owner, int fd, int before, int wanted, boolean kept) {
    super(copies, owner, fd);
    this.before = before;
    this.wanted = wanted;
    this.kept = kept;
  }

  @Override
  public int awaited() {
    return Linux.EPOLLIN;
  }

  @Override
  long piece(Linux linux, MemorySegment staging) {
    int most = (int) Math.min(staging.byteSize(), wanted - count);
    if (kept) {
      reserve(most); // first: what was read and not kept would be a hole
    }
    long read = linux.read(fd(), staging.address(), most);
    if (read == 0) {
      atEnd = true;
    } else if (read > 0) {
      if (kept) {
        MemorySegment.copy(staging, Frames.BYTE, 0, array, before + count, (int) read);
      }
      count += (int) read;
    }
    return read;
  }

  private void reserve(int more) {
    int needed = before + count + more;
    if (needed > array.length) {
      long grown = Math.max(FIRST_BYTES, (long) needed * GROWTH);
      array = Arrays.copyOf(array, (int) Math.min(before + wanted, grown));
    }
  }

  @Override
  boolean ended() {
    return atEnd || count == wanted;
  }

  /** What came, behind the place for what came before; when it is over. */
  byte[] array() {
    return array;
  }

  /** How many bytes came; when it is over. */
  int count() {
    return count;
  }
}
