package io.ringmaster.runtime;

import static java.nio.file.StandardOpenOption.READ;
import static java.nio.file.StandardOpenOption.WRITE;

import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/**
 * The memory that this process shares with the engine: slots for frames each way, and the words
 * that tell of them, as the segment's specification has them. Main thread only.
 *
 * <p>Ordering pairs, all with the engine: a count is stored with release behind its frame and
 * loaded with acquire before the frame is read; {@link #put} has a full fence between the count and
 * the engine's {@code polling}, as {@link #sleeps} has one between the own {@code polling} and the
 * engine's count: so whichever comes first, a frame is seen or rung for. The same between {@code
 * taking} and {@code revoked}.
 */
final class Segment {
  static final int SLOT_BYTES = 65_536;

  /** Of each direction; a power of two. */
  private static final int SLOTS = 8;

  // Words of the engine; of the last two there is one for each slot.
  private static final int REQUESTS = 128;
  private static final int ENGINE_POLLS = 136;
  private static final int REVOKED = 512;
  private static final int PIPED = 576;

  // Words of this process.
  private static final int RESPONSES = 256;
  private static final int POLLS = 264;
  private static final int TAKING = 272;

  private static final int REQUEST_SLOTS = 4_096;
  private static final int RESPONSE_SLOTS = REQUEST_SLOTS + SLOTS * SLOT_BYTES;

  /** Where the first frame of either direction ends: what rehearsing needs. */
  private static final int FIRST_SLOTS_BYTES = REQUEST_SLOTS + 2 * SLOT_BYTES;

  private static final int BYTES = RESPONSE_SLOTS + SLOTS * SLOT_BYTES;

  private static final VarHandle WORD =
      MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);

  private final ByteBuffer memory;
  private final int responseSlots;

  /** Requests that were taken out of slots. */
  private long taken;

  private static final long LOOKS = 1;

  /**
   * What the engine's word was when this process woke it last, that is the number of its sleep; or
   * that it looks.
   */
  private long woken = LOOKS;

  /** Responses that were put into slots. */
  private long given;

  private boolean polls;

  /**
   * @param memory zeroed, but for what the engine wrote
   */
  Segment(ByteBuffer memory) {
    this(memory, RESPONSE_SLOTS);
  }

  private Segment(ByteBuffer memory, int responseSlots) {
    this.memory = memory.order(ByteOrder.LITTLE_ENDIAN);
    this.responseSlots = responseSlots;
  }

  /**
   * Maps what a descriptor is, and closes the descriptor.
   *
   * @param bytes its size, as the engine told it
   */
  static Segment map(int descriptor, FileDescriptor same, int bytes) throws IOException {
    if (bytes < BYTES) {
      throw new IOException("a segment of " + bytes + " bytes");
    }
    try (FileChannel file = FileChannel.open(Path.of("/proc/self/fd/" + descriptor), READ, WRITE)) {
      return new Segment(file.map(FileChannel.MapMode.READ_WRITE, 0, BYTES));
    } finally {
      new FileInputStream(same).close();
    }
  }

  /**
   * Does once what the first invocations do: links the accesses to words, which takes milliseconds.
   *
   * @param file any that may be read
   */
  static void rehearse(Path file) throws IOException {
    try (FileChannel readable = FileChannel.open(file, READ)) {
      readable.map(FileChannel.MapMode.READ_ONLY, 0, 1);
    }
    ByteBuffer memory = ByteBuffer.allocateDirect(FIRST_SLOTS_BYTES).order(ByteOrder.LITTLE_ENDIAN);
    memory.putLong(REQUESTS, 1).putLong(ENGINE_POLLS, 1);
    byte[] frame = new byte[Channel.HEADER_BYTES];
    Segment segment = new Segment(memory, REQUEST_SLOTS);
    segment.offers();
    segment.offersRevocable(1);
    segment.piped();
    segment.take(frame, segment.offeredBytes());
    segment.revoked();
    segment.put(frame, frame.length);
    segment.mustRing();
    segment.sleeps();
  }

  // ---- requests ----

  /** Whether there is a request in a slot that was not taken. */
  boolean offers() {
    return (long) WORD.getAcquire(memory, REQUESTS) != taken;
  }

  /** Whether the request that is offered may be revoked; only then others may come before it. */
  boolean offersRevocable(int flag) {
    return (memory.get(slot(REQUEST_SLOTS, taken + 1) + 5) & flag) != 0;
  }

  /** INVOKE frames that come by the pipe before the request that is offered. */
  long piped() {
    return (long) WORD.getOpaque(memory, PIPED + word(taken + 1));
  }

  /** Bytes of the request that is offered, header included. */
  int offeredBytes() throws IOException {
    int length = memory.getInt(slot(REQUEST_SLOTS, taken + 1));
    if (length < 0 || length > SLOT_BYTES - Channel.HEADER_BYTES) {
      throw new IOException("a frame of " + length + " bytes in a slot");
    }
    return Channel.HEADER_BYTES + length;
  }

  /** Takes the request that is offered: its first {@code count} bytes. */
  void take(byte[] into, int count) {
    memory.get(slot(REQUEST_SLOTS, ++taken), into, 0, count);
  }

  /**
   * Whether the request that was taken last is the engine's again, and must not be begun. The
   * engine names that one; those before it stay this process's.
   */
  boolean revoked() {
    WORD.setOpaque(memory, TAKING, taken);
    VarHandle.fullFence();
    return (long) WORD.getOpaque(memory, REVOKED + word(taken)) == taken;
  }

  /** Whether the engine was told that somebody looks at requests. */
  boolean polls() {
    return polls;
  }

  /**
   * Tells the engine that nobody looks at requests from now on; true: one came before it could know
   * that, and somebody looks.
   */
  boolean sleeps() {
    WORD.setOpaque(memory, POLLS, 0L);
    VarHandle.fullFence();
    polls = offers();
    if (polls) {
      WORD.setOpaque(memory, POLLS, 1L);
    }
    return polls;
  }

  // ---- responses ----

  /**
   * Puts a frame into a slot, if it fits and the engine looks, or has been woken from the sleep
   * that it is in; what follows it is looked for here before this process sleeps.
   *
   * @return false: it must go by the pipe, which wakes the engine
   */
  boolean put(byte[] frame, int size) {
    if (mustWake() || size > SLOT_BYTES) {
      return false;
    }
    if (!polls) {
      polls = true;
      WORD.setOpaque(memory, POLLS, 1L);
    }
    memory.put(slot(responseSlots, given + 1), frame, 0, size);
    WORD.setRelease(memory, RESPONSES, ++given);
    return true;
  }

  /** Whether the engine may sleep without having seen what was put: it must be rung for. */
  boolean mustRing() {
    VarHandle.fullFence();
    return mustWake();
  }

  /** Whether the engine may sleep, and was not woken from that sleep; then it is to be, now. */
  private boolean mustWake() {
    long looks = (long) WORD.getOpaque(memory, ENGINE_POLLS);
    if (looks == LOOKS || looks == woken) {
      return false;
    }
    if (looks != 0) {
      woken = looks;
    }
    return true;
  }

  private static int slot(int first, long number) {
    return first + ((int) number & SLOTS - 1) * SLOT_BYTES;
  }

  private static int word(long number) {
    return ((int) number & SLOTS - 1) * Long.BYTES;
  }
}
