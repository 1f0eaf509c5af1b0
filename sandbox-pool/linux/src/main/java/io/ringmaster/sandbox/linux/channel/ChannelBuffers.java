package io.ringmaster.sandbox.linux.channel;

import io.ringmaster.sandbox.system.Linux;
import java.lang.foreign.MemorySegment;

/**
 * What one dispatcher needs once to turn all its channels: its system calls and a staging buffer
 * for each direction.
 */
public final class ChannelBuffers {
  /** The most that is copied, written or read at once. */
  public static final int PIECE_BYTES = 64 * 1024;

  final Linux linux;
  final MemorySegment inbound;
  final MemorySegment outbound;
  final MemorySegment doorbell;
  final long inboundAddress;
  final long outboundAddress;

  /** Null: the dispatcher moves everything itself. */
  final Copies copies;

  /** Frames, and rests of answers, with more bytes are moved by {@link #copies}. */
  final int copiedFrom;

  /** The buffers live as long as {@code linux}; large payloads are copied by their owner too. */
  public ChannelBuffers(Linux linux) {
    this(linux, null);
  }

  /**
   * The buffers live as long as {@code linux}.
   *
   * @param copies moves payloads of more than {@link #PIECE_BYTES}
   */
  public ChannelBuffers(Linux linux, Copies copies) {
    this(linux, copies, PIECE_BYTES);
  }

  /** As the other one, with another limit: for tests. */
  ChannelBuffers(Linux linux, Copies copies, int copiedFrom) {
    this.linux = linux;
    this.copies = copies;
    this.copiedFrom = copiedFrom;
    inbound = linux.allocate(PIECE_BYTES);
    outbound = linux.allocate(PIECE_BYTES);
    doorbell = linux.allocate(Frames.HEADER_BYTES);
    Frames.header(doorbell, 0, Frames.DOORBELL, 0);
    inboundAddress = inbound.address();
    outboundAddress = outbound.address();
  }
}
