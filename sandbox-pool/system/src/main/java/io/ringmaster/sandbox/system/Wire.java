package io.ringmaster.sandbox.system;

import static java.lang.foreign.ValueLayout.JAVA_BYTE;
import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.lang.ref.Reference;
import java.nio.charset.StandardCharsets;

/**
 * One end of a {@code SOCK_SEQPACKET} pair between engine, keeper and zygotes: each message is an
 * {@link Op}, an id, two numbers, a text and up to four descriptors.
 *
 * <p>Message: int op, int id, int a, int 0, long b, then the text in UTF-8; little-endian as the
 * machine is.
 *
 * <p>Belongs to the thread of its {@link Linux}. The fields of the last message are read by
 * accessors until the next receive; descriptors that were not taken by then are closed.
 */
public final class Wire implements AutoCloseable {
  /** A message, header and text, is at most this long. */
  public static final int MESSAGE_BYTES_MAX = 32 * 1024;

  /** A message carries at most this many descriptors. */
  public static final int DESCRIPTORS_MAX = 4;

  private static final int HEADER_BYTES = 24;
  private static final int[] NONE = {};

  private static final int SOL_SOCKET = 1;
  private static final int SCM_RIGHTS = 1;
  private static final int MSG_TRUNC = 0x20;
  private static final int MSG_CTRUNC = 0x8;

  // struct msghdr of LP64: name 0, namelen 8, iov 16, iovlen 24, control 32, controllen 40, flags
  // 48
  private static final int MSGHDR_BYTES = 56;
  private static final int MSG_IOV = 16;
  private static final int MSG_IOVLEN = 24;
  private static final int MSG_CONTROL = 32;
  private static final int MSG_CONTROLLEN = 40;
  private static final int MSG_FLAGS = 48;

  // struct cmsghdr: len 0 (counts the header), level 8, type 12, data 16; entries are aligned to 8
  private static final int CMSG_HEADER_BYTES = 16;
  private static final int CONTROL_BYTES = 64;

  private final Linux linux;
  private final int fd;
  private final MemorySegment outgoing;
  private final MemorySegment outgoingControl;
  private final MemorySegment outgoingVector;
  private final MemorySegment outgoingHeader;
  private final MemorySegment incoming;
  private final MemorySegment incomingControl;
  private final MemorySegment incomingHeader;

  private int textBytes;
  private int[] descriptors = NONE;
  private boolean closed;

  /** What a receive came to. */
  public enum Receipt {
    /** A message; the accessors tell it. */
    MESSAGE,
    /** Nothing is there now. */
    NOTHING,
    /** The other end is gone. */
    END
  }

  /** Takes over a descriptor; {@link #close} closes it. */
  public Wire(Linux linux, int fd) {
    this.linux = linux;
    this.fd = fd;
    MemorySegment memory =
        Arena.ofAuto().allocate(2L * (MESSAGE_BYTES_MAX + CONTROL_BYTES + 16 + 64), 16);
    long at = 0;
    outgoing = memory.asSlice(at, MESSAGE_BYTES_MAX);
    incoming = memory.asSlice(at += MESSAGE_BYTES_MAX, MESSAGE_BYTES_MAX);
    outgoingControl = memory.asSlice(at += MESSAGE_BYTES_MAX, CONTROL_BYTES);
    incomingControl = memory.asSlice(at += CONTROL_BYTES, CONTROL_BYTES);
    outgoingVector = memory.asSlice(at += CONTROL_BYTES, 16);
    MemorySegment incomingVector = memory.asSlice(at += 16, 16);
    outgoingHeader = memory.asSlice(at += 16, 64);
    incomingHeader = memory.asSlice(at + 64, 64);
    header(outgoingHeader, outgoingVector, outgoing, outgoingControl);
    header(incomingHeader, incomingVector, incoming, incomingControl);
  }

  private static void header(
      MemorySegment header, MemorySegment vector, MemorySegment data, MemorySegment control) {
    vector.set(JAVA_LONG, 0, data.address());
    vector.set(JAVA_LONG, 8, data.byteSize());
    header.asSlice(0, MSGHDR_BYTES).fill((byte) 0);
    header.set(JAVA_LONG, MSG_IOV, vector.address());
    header.set(JAVA_LONG, MSG_IOVLEN, 1);
    header.set(JAVA_LONG, MSG_CONTROL, control.address());
  }

  /** For poll and epoll. */
  public int fd() {
    return fd;
  }

  /**
   * Sends without waiting. The descriptors are duplicated by the kernel: the sender still owns its
   * own.
   *
   * @param text at most {@link #MESSAGE_BYTES_MAX} − 24 bytes in UTF-8
   * @param fds at most {@link #DESCRIPTORS_MAX}
   * @return 0: sent; {@code -EAGAIN}: no room now, nothing was sent; {@code -EPIPE}: the other end
   *     is gone
   * @throws LinuxException for any other failure
   */
  public int trySend(int op, int id, int a, long b, String text, int... fds) {
    compose(op, id, a, b, text, fds);
    int flags = Linux.MSG_NOSIGNAL | Linux.MSG_DONTWAIT;
    int result;
    try {
      do {
        result = linux.sendmsg(fd, outgoingHeader.address(), flags);
      } while (result == -Errno.EINTR);
    } finally {
      Reference.reachabilityFence(outgoingHeader);
    }
    if (result >= 0) {
      return 0;
    }
    return switch (-result) {
      case Errno.EAGAIN, Errno.ENOBUFS, Errno.ETOOMANYREFS -> -Errno.EAGAIN;
      case Errno.EPIPE, Errno.ECONNRESET -> -Errno.EPIPE;
      default -> throw new LinuxException("sendmsg " + Op.name(op), -result);
    };
  }

  /**
   * Sends, and waits for room where there is none. For ends whose other side always reads on.
   *
   * @return false: the other end is gone
   */
  public boolean send(int op, int id, int a, long b, String text, int... fds) {
    int result;
    while ((result = trySend(op, id, a, b, text, fds)) == -Errno.EAGAIN) {
      linux.pollOne(fd, Linux.POLLOUT, 1_000_000_000);
    }
    return result == 0;
  }

  private void compose(int op, int id, int a, long b, String text, int[] fds) {
    byte[] bytes = text.isEmpty() ? null : text.getBytes(StandardCharsets.UTF_8);
    int length = bytes == null ? 0 : bytes.length;
    if (length > MESSAGE_BYTES_MAX - HEADER_BYTES || fds.length > DESCRIPTORS_MAX) {
      throw new IllegalArgumentException(
          "too long for one message: " + length + " bytes, " + fds.length + " descriptors");
    }
    outgoing.set(JAVA_INT, 0, op);
    outgoing.set(JAVA_INT, 4, id);
    outgoing.set(JAVA_INT, 8, a);
    outgoing.set(JAVA_INT, 12, 0);
    outgoing.set(JAVA_LONG, 16, b);
    if (bytes != null) {
      MemorySegment.copy(bytes, 0, outgoing, JAVA_BYTE, HEADER_BYTES, length);
    }
    outgoingVector.set(JAVA_LONG, 8, HEADER_BYTES + length);
    if (fds.length == 0) {
      outgoingHeader.set(JAVA_LONG, MSG_CONTROLLEN, 0);
      return;
    }
    long used = CMSG_HEADER_BYTES + 4L * fds.length;
    outgoingControl.set(JAVA_LONG, 0, used);
    outgoingControl.set(JAVA_INT, 8, SOL_SOCKET);
    outgoingControl.set(JAVA_INT, 12, SCM_RIGHTS);
    for (int i = 0; i < fds.length; i++) {
      outgoingControl.set(JAVA_INT, CMSG_HEADER_BYTES + 4L * i, fds[i]);
    }
    outgoingHeader.set(JAVA_LONG, MSG_CONTROLLEN, align(used));
  }

  private static long align(long length) {
    return (length + 7) & ~7L;
  }

  /**
   * Waits for the next message.
   *
   * @return false: the other end is gone
   */
  public boolean receive() {
    Receipt receipt;
    while ((receipt = receive(0)) == Receipt.NOTHING) {
      linux.pollOne(fd, Linux.POLLIN, -1); // the socket was made non-blocking by someone
    }
    return receipt == Receipt.MESSAGE;
  }

  /**
   * Takes the next message if one is there.
   *
   * @throws LinuxException with {@link Errno#EPROTO} where the message is too short, was cut off,
   *     or carries what it must not: the other end is broken and the wire of no more use;
   *     descriptors that came along are closed
   */
  public Receipt tryReceive() {
    return receive(Linux.MSG_DONTWAIT);
  }

  private Receipt receive(int flags) {
    closeDescriptors();
    textBytes = 0;
    incomingHeader.set(JAVA_LONG, MSG_CONTROLLEN, CONTROL_BYTES);
    incomingHeader.set(JAVA_INT, MSG_FLAGS, 0);
    int n;
    do {
      n = linux.recvmsg(fd, incomingHeader.address(), flags | Linux.MSG_CMSG_CLOEXEC);
    } while (n == -Errno.EINTR);
    if (n == -Errno.EAGAIN) {
      return Receipt.NOTHING;
    }
    if (n == 0 || n == -Errno.ECONNRESET) {
      return Receipt.END;
    }
    if (n < 0) {
      throw new LinuxException("recvmsg", -n);
    }
    boolean sound = takeDescriptors(incomingHeader.get(JAVA_LONG, MSG_CONTROLLEN));
    int truncated = incomingHeader.get(JAVA_INT, MSG_FLAGS) & (MSG_TRUNC | MSG_CTRUNC);
    if (!sound || truncated != 0 || n < HEADER_BYTES) {
      closeDescriptors();
      throw new LinuxException("message of " + n + " bytes", Errno.EPROTO);
    }
    textBytes = n - HEADER_BYTES;
    return Receipt.MESSAGE;
  }

  /**
   * Reads what control data the kernel wrote back; false where anything but one list of descriptors
   * is in it.
   */
  private boolean takeDescriptors(long controlBytes) {
    if (controlBytes == 0) {
      return true;
    }
    if (controlBytes < CMSG_HEADER_BYTES || controlBytes > CONTROL_BYTES) {
      return false;
    }
    long used = incomingControl.get(JAVA_LONG, 0);
    if (incomingControl.get(JAVA_INT, 8) != SOL_SOCKET
        || incomingControl.get(JAVA_INT, 12) != SCM_RIGHTS
        || used < CMSG_HEADER_BYTES
        || used > controlBytes) {
      return false;
    }
    int count = (int) (used - CMSG_HEADER_BYTES) / 4;
    descriptors = new int[count];
    for (int i = 0; i < count; i++) {
      descriptors[i] = incomingControl.get(JAVA_INT, CMSG_HEADER_BYTES + 4L * i);
    }
    return count <= DESCRIPTORS_MAX && align(used) >= controlBytes;
  }

  /** The last message's {@link Op}; whatever its sender wrote. */
  public int op() {
    return incoming.get(JAVA_INT, 0);
  }

  /** Which zygote or sandbox it is about. */
  public int id() {
    return incoming.get(JAVA_INT, 4);
  }

  /** Its first number. */
  public int a() {
    return incoming.get(JAVA_INT, 8);
  }

  /** Its second number. */
  public long b() {
    return incoming.get(JAVA_LONG, 16);
  }

  /** Its text; allocates where there is one. */
  public String text() {
    if (textBytes == 0) {
      return "";
    }
    return new String(
        incoming.asSlice(HEADER_BYTES, textBytes).toArray(JAVA_BYTE), StandardCharsets.UTF_8);
  }

  /** How many descriptors came along and were not taken as a whole. */
  public int descriptors() {
    return descriptors.length;
  }

  /** The descriptors that came along, close-on-exec, from now on the caller's to close. */
  public int[] takeDescriptors() {
    int[] taken = descriptors;
    descriptors = NONE;
    return taken;
  }

  private void closeDescriptors() {
    for (int descriptor : descriptors) {
      linux.close(descriptor);
    }
    descriptors = NONE;
  }

  /** Closes this end and what came and was not taken; more often than once does nothing. */
  @Override
  public void close() {
    if (!closed) {
      closed = true;
      closeDescriptors();
      linux.close(fd);
    }
  }
}
