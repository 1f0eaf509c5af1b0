package io.ringmaster.runtime;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;

/** The process's peak resident memory, as the kernel counts it. Main thread. */
final class Memory {
  private static final String FIELD = "VmHWM:";
  private static final long INTERVAL_NS = 100_000_000;

  private final RandomAccessFile status;
  private final byte[] buffer = new byte[4096];
  private int toldKib;
  private long measureAtNs = System.nanoTime();

  Memory() throws IOException {
    status = new RandomAccessFile("/proc/self/status", "r");
  }

  /** The peak in KiB when it is higher than what was told last, else 0; looks every 100 ms. */
  int news() throws IOException {
    long nowNs = System.nanoTime();
    if (nowNs - measureAtNs < 0) {
      return 0;
    }
    measureAtNs = nowNs + INTERVAL_NS;
    int kib = peakKib();
    if (kib <= toldKib) {
      return 0;
    }
    toldKib = kib;
    return kib;
  }

  private int peakKib() throws IOException {
    status.seek(0);
    int read = status.read(buffer);
    String text = new String(buffer, 0, Math.max(0, read), StandardCharsets.ISO_8859_1);
    int at = text.indexOf(FIELD);
    if (at < 0) {
      return 0;
    }
    int end = text.indexOf("kB", at);
    return Integer.parseInt(text.substring(at + FIELD.length(), end).strip());
  }
}
