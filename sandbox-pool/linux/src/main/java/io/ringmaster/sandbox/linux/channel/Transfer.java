package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import java.lang.foreign.MemorySegment;

/**
 * A long part of one frame, on its way through a pipe by the copier: the dispatcher begins it and
 * takes it back when it is over; between the two it only says, by {@link #finish} and {@link
 * #drop}, how it is to end.
 *
 * <p>It has a descriptor of its own, so that the copier never uses one that the dispatcher closed
 * and the kernel gave to somebody else.
 */
public abstract sealed class Transfer permits EventTransfer, AnswerTransfer {
  /** How it is to end. */
  private enum Wish {
    /** When all of it went through. */
    COMPLETE,
    /** When nothing more goes through at once: the process has exited. */
    EXHAUSTED,
    /** At once. */
    DROPPED
  }

  private final Copies copies;
  private final long owner;
  private final int fd;

  // Dispatcher; looked at by the copier before each piece.
  private volatile Wish wish = Wish.COMPLETE;

  // Copier.
  private boolean over;

  Transfer(Copies copies, long owner, int fd) {
    this.copies = copies;
    this.owner = owner;
    this.fd = fd;
  }

  // ---- dispatcher ----

  /** Whose it is, as {@link InlineChannel} was told. */
  public long owner() {
    return owner;
  }

  /** What cannot be moved without waiting is given up. */
  final void finish() {
    wish = Wish.EXHAUSTED;
    copies.changed(this);
  }

  /** Nobody wants it any more. */
  final void drop() {
    wish = Wish.DROPPED;
    copies.changed(this);
  }

  // ---- copier ----

  /** Its own descriptor; the copier's to close, when it is over. */
  public final int fd() {
    return fd;
  }

  /** What is awaited of the descriptor: {@link Linux#EPOLLIN} or {@link Linux#EPOLLOUT}. */
  public abstract int awaited();

  final boolean dropped() {
    return wish == Wish.DROPPED;
  }

  /** Whether it is over. */
  public final boolean over() {
    return over;
  }

  /** It cannot go on here; the dispatcher does what is left. */
  public final void giveUp() {
    over = true;
  }

  /**
   * Moves a piece, without waiting; when the process has exited, all that can be moved, for nothing
   * may tell of the rest.
   *
   * @param staging where the piece lies on its way; nothing else is given to the kernel
   * @return whether it is over
   */
  public final boolean move(Linux linux, MemorySegment staging) {
    boolean last;
    do {
      last = wish == Wish.EXHAUSTED;
      long moved = over || dropped() ? 0 : piece(linux, staging);
      boolean stuck = moved == -Errno.EAGAIN && last;
      boolean broken = moved < 0 && moved != -Errno.EAGAIN && moved != -Errno.EINTR;
      over |= stuck || broken || ended() || dropped();
    } while (last && !over);
    return over;
  }

  /** Moves a piece: bytes, or a negative errno. */
  abstract long piece(Linux linux, MemorySegment staging);

  /** Whether nothing more is to be moved. */
  abstract boolean ended();
}
