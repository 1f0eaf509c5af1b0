package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.spi.Journal.DeadLetter;
import java.util.ArrayList;
import java.util.List;

/**
 * Every event that is owed or dead: 61 bytes each in columns, in places that are used again. An
 * event keeps its place for life, in the files too, so that replaying needs no look-up by id.
 *
 * <p>The journal's thread only.
 */
final class OwedTable {
  static final byte GONE = 0;
  static final byte OWED = 1;
  static final byte DEAD = 2;

  /** Of a handle: the place; above it the lower bits of the event's number. */
  private static final int PLACE_BITS = 24;

  static final int PLACES_MAX = 1 << PLACE_BITS;

  private static final long NUMBER_MASK = (1L << (Long.SIZE - 1 - PLACE_BITS)) - 1;
  private static final int CHUNK_BITS = 12;
  private static final int CHUNK = 1 << CHUNK_BITS;
  private static final int NONE = -1;
  private static final int KIB = 1024;

  /** The columns of {@link #CHUNK} places. */
  private static final class Chunk {
    /** 0: the place is free. */
    final long[] number = new long[CHUNK];

    final long[] position = new long[CHUNK];

    /** Of a dead event when it was buried; of a free place the next free one. */
    final long[] dueMs = new long[CHUNK];

    final long[] acceptedMs = new long[CHUNK];
    final long[] idHigh = new long[CHUNK];
    final long[] idLow = new long[CHUNK];
    final int[] bodyBytes = new int[CHUNK];
    final int[] lane = new int[CHUNK];
    final byte[] state = new byte[CHUNK];
    final byte[] attempt = new byte[CHUNK];
    final byte[] reasonKib = new byte[CHUNK];
    final boolean[] lost = new boolean[CHUNK];
  }

  final Lanes lanes = new Lanes();
  private final List<Chunk> chunks = new ArrayList<>();
  private int firstFree = NONE;
  private long owed;
  private long dead;
  private long bodyBytes;

  /** One event, copied out of its place or to be put there. */
  static final class Row {
    int place;
    long number;
    long position;
    long dueMs;
    long acceptedMs;
    long idHigh;
    long idLow;
    int bodyBytes;
    String lane;
    byte state;
    int attempt;

    /** What its reason takes, in KiB, rounded up. */
    int reasonKib;

    /** Whether its bytes could not be read when they had to be moved. */
    boolean lost;

    DeadLetter deadLetter(long handle) {
      return new DeadLetter(handle, idHigh, idLow, lane, acceptedMs, dueMs, attempt, bodyBytes);
    }
  }

  /** Of a reason, as it is counted. */
  static int kib(int bytes) {
    return (bytes + KIB - 1) / KIB;
  }

  long owed() {
    return owed;
  }

  long dead() {
    return dead;
  }

  /** Of all bodies, and reasons as they are counted. */
  long bodyBytes() {
    return bodyBytes;
  }

  /** Places there are, free ones too: all are below. */
  int places() {
    return chunks.size() * CHUNK;
  }

  /** A free place, which stays free until something is put there; {@link #put} or giveBack next. */
  int take() {
    if (firstFree == NONE) {
      grow();
    }
    int place = firstFree;
    firstFree = (int) chunk(place).dueMs[at(place)];
    return place;
  }

  void giveBack(int place) {
    chunk(place).dueMs[at(place)] = firstFree;
    firstFree = place;
  }

  private void grow() {
    int from = places();
    chunks.add(new Chunk());
    for (int place = from + CHUNK - 1; place >= from; place--) {
      giveBack(place);
    }
  }

  /** Puts an event into a place that was taken. */
  void put(Row row) {
    Chunk chunk = chunk(row.place);
    int at = at(row.place);
    chunk.number[at] = row.number;
    chunk.position[at] = row.position;
    chunk.dueMs[at] = row.dueMs;
    chunk.acceptedMs[at] = row.acceptedMs;
    chunk.idHigh[at] = row.idHigh;
    chunk.idLow[at] = row.idLow;
    chunk.bodyBytes[at] = row.bodyBytes;
    chunk.lane[at] = lanes.hold(row.lane);
    chunk.state[at] = row.state;
    chunk.attempt[at] = (byte) row.attempt;
    chunk.reasonKib[at] = (byte) row.reasonKib;
    chunk.lost[at] = row.lost;
    bodyBytes += bytes(chunk, at);
    count(row.state, 1);
  }

  /** Empties a place; it can be taken again. */
  void remove(int place) {
    if (clear(place)) {
      giveBack(place);
    }
  }

  private static long bytes(Chunk chunk, int at) {
    return chunk.bodyBytes[at] + (long) chunk.reasonKib[at] * KIB;
  }

  private boolean clear(int place) {
    Chunk chunk = chunk(place);
    int at = at(place);
    if (chunk.number[at] == 0) {
      return false;
    }
    chunk.number[at] = 0;
    lanes.release(chunk.lane[at]);
    bodyBytes -= bytes(chunk, at);
    count(chunk.state[at], -1);
    return true;
  }

  /** An event's new state, times and attempt. */
  void change(int place, byte state, int attempt, long acceptedMs, long dueMs) {
    Chunk chunk = chunk(place);
    int at = at(place);
    count(chunk.state[at], -1);
    count(state, 1);
    chunk.state[at] = state;
    chunk.attempt[at] = (byte) attempt;
    chunk.acceptedMs[at] = acceptedMs;
    chunk.dueMs[at] = dueMs;
  }

  /** An event's bytes lie elsewhere now. */
  void move(int place, long position, boolean lost) {
    chunk(place).position[at(place)] = position;
    chunk(place).lost[at(place)] = lost;
  }

  private void count(byte state, int change) {
    if (state == OWED) {
      owed += change;
    } else {
      dead += change;
    }
  }

  /** False: the place is free. */
  boolean read(int place, Row into) {
    Chunk chunk = chunk(place);
    int at = at(place);
    if (chunk.number[at] == 0) {
      return false;
    }
    into.place = place;
    into.number = chunk.number[at];
    into.position = chunk.position[at];
    into.dueMs = chunk.dueMs[at];
    into.acceptedMs = chunk.acceptedMs[at];
    into.idHigh = chunk.idHigh[at];
    into.idLow = chunk.idLow[at];
    into.bodyBytes = chunk.bodyBytes[at];
    into.lane = lanes.name(chunk.lane[at]);
    into.state = chunk.state[at];
    into.attempt = chunk.attempt[at] & 0xFF;
    into.reasonKib = chunk.reasonKib[at];
    into.lost = chunk.lost[at];
    return true;
  }

  /** The number of the event in a place; 0: it is free, or there is no such place. */
  long number(int place) {
    return place < 0 || place >= places() ? 0 : chunk(place).number[at(place)];
  }

  byte state(int place) {
    return number(place) == 0 ? GONE : chunk(place).state[at(place)];
  }

  long position(int place) {
    return chunk(place).position[at(place)];
  }

  /** Names an event as long as it lives, after a restart too. */
  long handle(int place) {
    return (number(place) & NUMBER_MASK) << PLACE_BITS | place;
  }

  /** The place of the event with this handle; negative: there is none any more. */
  int place(long handle) {
    int place = (int) handle & PLACES_MAX - 1;
    long number = handle < 0 ? 0 : number(place);
    return number != 0 && (number & NUMBER_MASK) == handle >>> PLACE_BITS ? place : NONE;
  }

  /**
   * Lists dead events in the order of their places.
   *
   * @param from first place
   * @param limit at most so many
   * @return the place behind the last one; negative: there are no more
   */
  int listDead(int from, int limit, List<DeadLetter> into, Row scratch) {
    int place = from;
    while (place < places() && into.size() < limit) {
      if (state(place) == DEAD) {
        read(place, scratch);
        into.add(scratch.deadLetter(handle(place)));
      }
      place++;
    }
    return place < places() ? place : NONE;
  }

  // ---- replaying: any place, and which ones are free is found out at the end ----

  /** Puts an event where it was, over whatever was there. */
  void restore(Row row) {
    while (row.place >= places()) {
      chunks.add(new Chunk());
    }
    clear(row.place);
    put(row);
  }

  /** Empties places from, inclusive, to, exclusive. */
  void restoreEmpty(int from, int to) {
    for (int place = from; place < Math.min(to, places()); place++) {
      clear(place);
    }
  }

  void restored() {
    firstFree = NONE;
    for (int place = places() - 1; place >= 0; place--) {
      if (number(place) == 0) {
        giveBack(place);
      }
    }
  }

  private Chunk chunk(int place) {
    return chunks.get(place >> CHUNK_BITS);
  }

  private static int at(int place) {
    return place & CHUNK - 1;
  }
}
