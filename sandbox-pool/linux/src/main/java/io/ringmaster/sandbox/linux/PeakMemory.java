package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.system.Linux;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.charset.StandardCharsets;

/**
 * The peak resident memory of processes that do not tell it themselves, read from their file {@code
 * status} below /proc; what stands there is written by the kernel, but for the name in its first
 * line, which has no line break. One thread's; allocates nothing.
 */
final class PeakMemory {
  private static final int BYTES_MAX = 4096;
  private static final byte[] LABEL = "\nVmHWM:".getBytes(StandardCharsets.US_ASCII);

  private final Linux linux;
  private final MemorySegment text;

  PeakMemory(Linux linux) {
    this.linux = linux;
    text = linux.allocate(BYTES_MAX);
  }

  /** That of the process whose file this is, in KiB; 0: it has ended. */
  int read(int statusFd) {
    long count = linux.pread(statusFd, text.address(), BYTES_MAX, 0);
    return count <= 0 ? 0 : figure((int) count);
  }

  private int figure(int count) {
    for (int at = 0; at + LABEL.length < count; at++) {
      if (isLabel(at)) {
        return number(at + LABEL.length, count);
      }
    }
    return 0;
  }

  private boolean isLabel(int at) {
    for (int i = 0; i < LABEL.length; i++) {
      if (text.get(ValueLayout.JAVA_BYTE, at + i) != LABEL[i]) {
        return false;
      }
    }
    return true;
  }

  private int number(int start, int end) {
    int value = 0;
    for (int at = start; at < end; at++) {
      byte c = text.get(ValueLayout.JAVA_BYTE, at);
      if (c >= '0' && c <= '9') {
        value = value * 10 + (c - '0');
      } else if (c != ' ' && c != '\t') {
        break;
      }
    }
    return value;
  }
}
