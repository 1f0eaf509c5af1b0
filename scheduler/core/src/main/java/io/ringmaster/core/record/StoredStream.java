package io.ringmaster.core.record;

import java.util.Arrays;
import java.util.concurrent.atomic.AtomicLong;

/**
 * One stream on its way to the store: what waits for the next hand-over. At most 4 MiB of one
 * stream wait, and of all as much as {@link StoreFeed} lets; what does not fit is dropped, counted,
 * and told in the stream as soon as there is room again. Log agent only, but for what {@link
 * LogWriter} counts.
 */
final class StoredStream {
  static final String REASON = "The log store did not keep up";

  /** Room for the line on what was dropped. */
  static final int NOTICE_BYTES = 256;

  static final long BYTES_MAX = 4L << 20;
  private static final int LEAST_BYTES = 1024;

  private final StoreFeed feed;
  final String group;
  private final String label;

  /** Null: not known yet. */
  private String name;

  private byte[] open = new byte[0];
  private int openLength;
  private boolean lineStart = true;

  /** In the feed's list of streams with something to hand over. */
  boolean dirty;

  private long droppedRecords;
  private long droppedBytes;

  /** Bytes that wait, here or at the writer: added here, taken by the writer. */
  final AtomicLong waitingBytes = new AtomicLong();

  /** The same of all streams of its group. */
  final AtomicLong groupBytes;

  // Written by the writer.
  private volatile boolean failing;
  private long retryNs;
  private boolean lostSince;
  private final AtomicLong lostRecords = new AtomicLong();
  private final AtomicLong lostBytes = new AtomicLong();

  /**
   * @param label the function's version
   * @param groupBytes the count of its group
   */
  StoredStream(StoreFeed feed, String group, String label, AtomicLong groupBytes) {
    this.groupBytes = groupBytes;
    this.feed = feed;
    this.group = group;
    this.label = label;
  }

  String name() {
    return name;
  }

  /** Its name is known now; it does not change. */
  void named(String logStream) {
    if (name == null) {
      name = logStream;
      feed.touched(this);
    }
  }

  /** Nobody told its name: it gets one like those that Lambda gives. */
  void named() {
    if (name == null) {
      named(StoreFeed.ownName(label));
    }
  }

  boolean atLineStart() {
    return lineStart;
  }

  boolean hasRoom(int length) {
    return !failing
        && waitingBytes.get() + length <= BYTES_MAX
        && feed.hasRoom(groupBytes.get() + length, length);
  }

  /** False: there was no room, and it is counted as dropped. */
  boolean append(byte[] bytes, int offset, int length) {
    if (!hasRoom(length)) {
      droppedRecords++;
      droppedBytes += length;
      feed.dropped(1);
      return false;
    }
    if (openLength + length > open.length) {
      open =
          Arrays.copyOf(
              open, Math.max(Math.max(openLength + length, LEAST_BYTES), 2 * open.length));
    }
    System.arraycopy(bytes, offset, open, openLength, length);
    openLength += length;
    if (length > 0) {
      lineStart = bytes[offset + length - 1] == '\n';
    }
    feed.waits(this, length);
    feed.touched(this);
    return true;
  }

  int openLength() {
    return openLength;
  }

  /** What waits here, for the writer. */
  byte[] take() {
    byte[] taken = Arrays.copyOf(open, openLength);
    openLength = 0;
    if (open.length > StoreFeed.CHUNK_BYTES) {
      open = new byte[0];
    }
    return taken;
  }

  long droppedRecords() {
    return droppedRecords + lostRecords.get();
  }

  long droppedBytes() {
    return droppedBytes + lostBytes.get();
  }

  /** So much of it was told in the stream. */
  void told(long records, long bytes) {
    droppedRecords -= records;
    droppedBytes -= bytes;
  }

  // ---- writer ----

  /** The store fails for it: nothing is kept for it until it is tried again. */
  void fails(long untilNs) {
    retryNs = untilNs;
    failing = true;
  }

  /** Whether the store failed and it is too early to try again. */
  boolean pauses(long nowNs) {
    return failing && nowNs - retryNs < 0;
  }

  /** It is tried again. */
  void retry() {
    failing = false;
  }

  /**
   * Whether what is written next might go on a line whose rest is lost: the store may keep a part.
   */
  boolean cut() {
    return lostSince;
  }

  void written(byte[] bytes) {
    if (bytes.length > 0) {
      lostSince = false;
    }
  }

  /** So much of it is lost. */
  void lost(long records, long bytes) {
    lostSince = true;
    lostBytes.addAndGet(bytes);
    lostRecords.addAndGet(records);
  }
}
