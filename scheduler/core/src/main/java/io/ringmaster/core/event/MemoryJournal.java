package io.ringmaster.core.event;

import io.ringmaster.persistence.spi.Journal;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A journal for engines without storage: what is owed lies in memory, bodies too, and goes with the
 * process. Bounded in number and in bytes. Callbacks come on the calling thread, or on the one that
 * is in here already.
 */
public final class MemoryJournal implements Journal {
  /** What an event costs besides its body, about. */
  private static final long EVENT_BYTES = 256;

  /** One event, owed or dead. */
  private static final class Kept {
    final Event event;
    long acceptedMs;
    long dueMs;
    int attempt;
    long buriedMs = -1;
    byte[] reason = {};

    Kept(Event event) {
      this.event = event;
      acceptedMs = event.acceptedMs();
      dueMs = event.dueMs();
      attempt = event.attempt();
    }

    long bytes() {
      return EVENT_BYTES + event.body().length + reason.length;
    }
  }

  private final long eventsMax;
  private final long bytesMax;

  // Guarded by this.
  private final Map<Long, Kept> owed = new HashMap<>();
  private final TreeMap<Long, Kept> dead = new TreeMap<>();
  private long last;
  private long bytes;
  private long stray;
  private boolean closed;

  /**
   * @param eventsMax most events that are owed or dead
   * @param bytesMax most bytes of all of them
   */
  public MemoryJournal(long eventsMax, long bytesMax) {
    this.eventsMax = eventsMax;
    this.bytesMax = bytesMax;
  }

  @Override
  public void recover(Recovery recovery) {
    Map<Long, Kept> all;
    synchronized (this) {
      all = new TreeMap<>(owed);
      closed = false;
    }
    all.forEach(
        (handle, each) ->
            recovery.owed(
                handle,
                each.event.idHigh(),
                each.event.idLow(),
                each.event.lane(),
                each.acceptedMs,
                each.dueMs,
                each.attempt,
                each.event.body().length));
  }

  @Override
  public Answer accept(Event event, Receipt receipt) {
    if (event.body().length > BODY_BYTES_MAX || event.lane().length() > LANE_CHARS_MAX) {
      throw new IllegalArgumentException("an event beyond the journal's limits");
    }
    long handle;
    synchronized (this) {
      Kept kept = new Kept(event);
      if (closed) {
        return Answer.CLOSED;
      }
      if (owed.size() + dead.size() >= eventsMax || bytes + kept.bytes() > bytesMax) {
        return Answer.FULL;
      }
      handle = ++last;
      owed.put(handle, kept);
      bytes += kept.bytes();
    }
    receipt.accepted(handle);
    return Answer.TAKEN;
  }

  @Override
  public synchronized boolean nearlyFull() {
    return bytes >= Journal.mostlyFull(bytesMax);
  }

  @Override
  public long bodyBytesMax() {
    return bytesMax;
  }

  @Override
  public synchronized void retry(long handle, long dueMs, int attempt) {
    Kept kept = owed.get(handle);
    if (kept == null) {
      stray++;
      return;
    }
    kept.dueMs = dueMs;
    kept.attempt = attempt;
  }

  @Override
  public synchronized void settle(long handle) {
    Kept kept = owed.remove(handle);
    if (kept == null) {
      kept = dead.remove(handle);
    }
    if (kept == null) {
      stray++;
    } else {
      bytes -= kept.bytes();
    }
  }

  @Override
  public synchronized void bury(long handle, long buriedMs, byte[] reason) {
    Kept kept = owed.remove(handle);
    if (kept == null) {
      stray++;
      return;
    }
    bytes += reason.length - kept.reason.length;
    kept.buriedMs = buriedMs;
    kept.reason = reason;
    dead.put(handle, kept);
  }

  @Override
  public synchronized void redrive(long handle, long acceptedMs, long dueMs) {
    Kept kept = dead.remove(handle);
    if (kept == null) {
      stray++;
      return;
    }
    kept.acceptedMs = acceptedMs;
    kept.dueMs = dueMs;
    kept.attempt = 0;
    owed.put(handle, kept);
  }

  @Override
  public void read(long handle, Reading reading) {
    Kept kept;
    synchronized (this) {
      kept = owed.getOrDefault(handle, dead.get(handle));
    }
    if (kept == null) {
      reading.failed(true, "it is gone");
    } else {
      reading.found(kept.event.body(), kept.reason);
    }
  }

  @Override
  public void deadLetters(long cursor, int limit, DeadLetters letters) {
    List<DeadLetter> found = new ArrayList<>();
    long next = -1;
    synchronized (this) {
      for (Map.Entry<Long, Kept> each : dead.tailMap(cursor, false).entrySet()) {
        if (found.size() == limit) {
          next = found.get(limit - 1).handle();
          break;
        }
        Kept kept = each.getValue();
        found.add(
            new DeadLetter(
                each.getKey(),
                kept.event.idHigh(),
                kept.event.idLow(),
                kept.event.lane(),
                kept.acceptedMs,
                kept.buriedMs,
                kept.attempt,
                kept.event.body().length));
      }
    }
    letters.found(found, next);
  }

  @Override
  public void sync(Consumer<String> done) {
    done.accept(null);
  }

  @Override
  public synchronized Status status() {
    return new Status(owed.size(), dead.size(), bytes, 0, 0, 0, stray, 0, null);
  }

  /** What is in it stays there, for a {@link #recover} of the same process. */
  @Override
  public synchronized void close() {
    closed = true;
  }
}
