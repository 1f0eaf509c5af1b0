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

  /** The buffers live as long as {@code linux}. */
  public ChannelBuffers(Linux linux) {
    this.linux = linux;
    inbound = linux.allocate(PIECE_BYTES);
    outbound = linux.allocate(PIECE_BYTES);
    doorbell = linux.allocate(Frames.HEADER_BYTES);
    Frames.header(doorbell, 0, Frames.DOORBELL, 0);
    inboundAddress = inbound.address();
    outboundAddress = outbound.address();
  }
}
