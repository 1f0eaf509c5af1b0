package io.ringmaster.core.record;

import io.ringmaster.api.Owner;
import io.ringmaster.core.counter.Counter;
import io.ringmaster.core.counter.Counters;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.lang.invoke.VarHandle;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import org.agrona.concurrent.OneToOneConcurrentArrayQueue;

/**
 * Hands what log streams hold to the thread that writes them, once in each turn of the log agent.
 * The log agent never waits for it: 32 MiB may be under way, 8 MiB of one group; a group that has
 * little under way finds room in 16 MiB besides.
 *
 * <p>No hand-over is missed by a sleeping writer. Agent: offer, full fence, then look at {@code
 * sleeping} (volatile), unpark. Writer: {@code sleeping = true} (volatile), look at the queue,
 * park.
 */
public final class StoreFeed {
  static final long BYTES_MAX = 32L << 20;

  /** What all streams of one group may have of it. */
  static final long GROUP_BYTES_MAX = 8L << 20;

  /** A group with no more than this finds room although others use it all, in a reserve. */
  static final long QUIET_BYTES = 256 * 1024;

  private static final long RESERVE_BYTES = 16L << 20;
  private static final int GROUPS_MAX = 4096;
  static final int CHUNK_BYTES = 64 * 1024;
  private static final int CHUNKS_MAX = 8192;

  /** A stream whose name nobody told gets one of its own when so much waits. */
  private static final int NAMELESS_BYTES = 256 * 1024;

  private static final DateTimeFormatter DAY = DateTimeFormatter.ofPattern("yyyy/MM/dd");

  /** Bytes of one stream, and when they were logged. */
  record Chunk(StoredStream stream, long epochMs, byte[] bytes) {}

  private final Counters counters;
  private final OwnedGroups groups;
  private final OneToOneConcurrentArrayQueue<Chunk> queue =
      new OneToOneConcurrentArrayQueue<>(CHUNKS_MAX);

  // Both threads.
  private final AtomicLong waitingBytes = new AtomicLong();
  private volatile Thread sleeping;

  // Log agent.
  private final List<StoredStream> touched = new ArrayList<>();
  private final List<StoredStream> left = new ArrayList<>();
  private final Map<String, AtomicLong> waitingByGroup = new HashMap<>();

  /**
   * With nothing under way.
   *
   * @param own whose groups are stored under their own names; those of others have account and
   *     region before it, since their functions may have the same names
   */
  public StoreFeed(Counters counters, Owner own) {
    this.counters = counters;
    this.groups = new OwnedGroups(own);
  }

  // ---- log agent ----

  /** Where a function's lines are stored. */
  String group(SandboxSpec.Identity identity) {
    Owner owner = new Owner(identity.account(), identity.region());
    return groups.stored(owner, identity.logGroup());
  }

  StoredStream open(String group, String label) {
    if (waitingByGroup.size() >= GROUPS_MAX) {
      waitingByGroup.values().removeIf(waiting -> waiting.get() == 0);
    }
    return new StoredStream(
        this, group, label, waitingByGroup.computeIfAbsent(group, _ -> new AtomicLong()));
  }

  /** As Lambda names streams: day, version, 32 hexadecimal digits. */
  static String ownName(String version) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return LocalDate.now(ZoneOffset.UTC).format(DAY)
        + "/["
        + version
        + "]"
        + String.format("%016x%016x", random.nextLong(), random.nextLong());
  }

  long waitingBytes() {
    return waitingBytes.get();
  }

  /**
   * Whether there is room for a group's bytes.
   *
   * @param groupBytes that the group would have then
   */
  boolean hasRoom(long groupBytes, int more) {
    long all = waitingBytes.get() + more;
    return groupBytes <= QUIET_BYTES
        ? all <= BYTES_MAX + RESERVE_BYTES
        : groupBytes <= GROUP_BYTES_MAX && all <= BYTES_MAX;
  }

  void waits(StoredStream stream, int bytes) {
    stream.waitingBytes.addAndGet(bytes);
    stream.groupBytes.addAndGet(bytes);
    waitingBytes.addAndGet(bytes);
  }

  void touched(StoredStream stream) {
    if (!stream.dirty) {
      stream.dirty = true;
      touched.add(stream);
    }
  }

  void dropped(long records) {
    counters.addShared(Counter.LOGS_DROPPED, records);
  }

  /**
   * Hands over what waits; called once in each turn.
   *
   * @param epochMs the present, in milliseconds since 1970
   */
  void handOver(long epochMs) {
    if (touched.isEmpty()) {
      return;
    }
    for (StoredStream stream : touched) {
      if (stream.name() == null && stream.openLength() > NAMELESS_BYTES) {
        stream.named();
      }
      if (stream.openLength() == 0) {
        stream.dirty = false;
      } else if (stream.name() != null && queue.size() < CHUNKS_MAX) { // only the writer changes it
        queue.add(new Chunk(stream, epochMs, stream.take()));
        stream.dirty = false;
      } else {
        left.add(stream);
      }
    }
    touched.clear();
    touched.addAll(left);
    left.clear();
    VarHandle.fullFence();
    Thread writer = sleeping;
    if (writer != null) {
      LockSupport.unpark(writer);
    }
  }

  // ---- writer ----

  Chunk poll() {
    return queue.poll();
  }

  void written(Chunk chunk) {
    chunk.stream.waitingBytes.addAndGet(-chunk.bytes.length);
    chunk.stream.groupBytes.addAndGet(-chunk.bytes.length);
    waitingBytes.addAndGet(-chunk.bytes.length);
  }

  void sleep(long ns) {
    sleeping = Thread.currentThread();
    if (queue.isEmpty()) {
      LockSupport.parkNanos(this, ns);
    }
    sleeping = null;
  }

  /** Ends a sleep. Any thread. */
  void wake() {
    Thread writer = sleeping;
    if (writer != null) {
      LockSupport.unpark(writer);
    }
  }
}
