package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.VarHandle;

/**
 * An INVOKE frame on its way to a sandbox process.
 *
 * <p>The event belongs to the caller, who may use its array for something else when the invocation
 * has settled; the dispatcher drops the transfer before that. So each piece is copied first and the
 * wish looked at behind that, in this order: what is written was copied while it was the event.
 */
final class EventTransfer extends Transfer {
  private static final int PIECE_BYTES_MIN = 16 * 1024;

  private final byte[] head;
  private final byte[] event;
  private final int eventOffset;
  private final int toSend;

  // Copier, then dispatcher.
  private int sent;

  /** What the pipe may take at once: a slow reader does not make the copier copy for nothing. */
  private int pieceBytes = Integer.MAX_VALUE;

  /**
   * A whole frame.
   *
   * @param head the frame up to the event
   */
  EventTransfer(
      Copies copies, long owner, int fd, byte[] head, byte[] event, int offset, int length) {
    super(copies, owner, fd);
    this.head = head;
    this.event = event;
    eventOffset = offset;
    toSend = head.length + length;
  }

  @Override
  public int awaited() {
    return Linux.EPOLLOUT;
  }

  @Override
  long piece(Linux linux, MemorySegment staging) {
    int most = (int) Math.min(staging.byteSize(), pieceBytes);
    int count = Math.min(most, toSend - sent);
    int ofHead = Math.clamp(head.length - sent, 0, count);
    MemorySegment.copy(head, head.length - ofHead, staging, Frames.BYTE, 0, ofHead);
    int eventSent = Math.max(0, sent - head.length);
    MemorySegment.copy(
        event, eventOffset + eventSent, staging, Frames.BYTE, ofHead, count - ofHead);
    VarHandle.loadLoadFence();
    if (dropped()) {
      return 0;
    }
    long written = linux.write(fd(), staging.address(), count);
    pieceBytes =
        written == count ? most * 2 : Math.max(PIECE_BYTES_MIN, 2 * (int) Math.max(0, written));
    if (written > 0) {
      sent += (int) written;
    } else if (written < 0 && written != -Errno.EAGAIN && written != -Errno.EINTR) {
      sent = toSend; // nobody reads any more, which the process's exit or its time-out tells
    }
    return written;
  }

  @Override
  boolean ended() {
    return sent == toSend;
  }

  /** How much of it is in the pipe, or of no use to anybody; when it is over. */
  int sent() {
    return sent;
  }
}
