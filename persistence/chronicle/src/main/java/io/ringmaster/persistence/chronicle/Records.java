package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.chronicle.OwedTable.Row;
import io.ringmaster.persistence.spi.Journal;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The form of records. All little-endian; each begins with
 *
 * <pre>
 *    0 the journal's {@link Seal}   4 length of the whole   8 CRC-32C of all that follows
 *   12 number, one more than the last record's   20 kind  21 state  22 attempt  23 flags
 * </pre>
 *
 * so that it is found and checked without what Chronicle wrote around it.
 */
final class Records {
  static final int HEAD_BYTES = 24;

  /** An event with its bytes: accepted, carried forward, buried. Stands for all that was before. */
  static final byte EVENT = 1;

  /** An event's new state, without its bytes. */
  static final byte OUTCOME = 2;

  /** The first record of a cycle. */
  static final byte BEGIN = 3;

  /** What is in some places of the table, and that nothing else is. */
  static final byte PART = 4;

  /** The checkpoint is whole. */
  static final byte END = 5;

  private static final int LENGTH_AT = 4;
  private static final int CHECKSUM_AT = 8;
  private static final int CHECKED_FROM = 12;
  private static final int NUMBER_AT = 12;
  private static final int KIND_AT = 20;
  private static final int STATE_AT = 21;
  private static final int ATTEMPT_AT = 22;
  private static final int FLAGS_AT = 23;
  private static final byte LOST = 1;

  private static final int EVENT_BYTES = 80;
  private static final int OUTCOME_BYTES = 52;
  static final int ROW_BYTES = 64;

  /** Longest record: an event's. */
  static final int BYTES_MAX =
      EVENT_BYTES + 3 * Journal.LANE_CHARS_MAX + Journal.REASON_BYTES_MAX + Journal.BODY_BYTES_MAX;

  private Records() {}

  /** Makes one record after the other in the same array. One thread. */
  static final class Encoder {
    private final Seal seal;
    private byte[] array = new byte[1 << 16];
    private ByteBuffer buffer = wrap(array);
    private String lane = "";
    private byte[] laneBytes = new byte[0];

    Encoder(Seal seal) {
      this.seal = seal;
    }

    byte[] array() {
      return array;
    }

    /** The last record, from the beginning on. */
    ByteBuffer record() {
      return buffer;
    }

    /** Its length; likewise of the others. */
    int event(long number, Row row, byte[] reason, byte[] body) {
      byte[] name = utf8(row.lane);
      begin(EVENT_BYTES + name.length + reason.length + body.length, EVENT, row);
      buffer.putLong(28, row.number).putLong(36, row.idHigh).putLong(44, row.idLow);
      buffer.putLong(52, row.acceptedMs).putLong(60, row.dueMs);
      buffer.putInt(68, name.length).putInt(72, reason.length).putInt(76, body.length);
      buffer.position(EVENT_BYTES);
      buffer.put(name).put(reason).put(body);
      return seal(number);
    }

    /** What follows is often of the same lane. */
    private byte[] utf8(String name) {
      if (!name.equals(lane)) {
        lane = name;
        laneBytes = name.getBytes(StandardCharsets.UTF_8);
      }
      return laneBytes;
    }

    /** State {@link OwedTable#GONE}: the event is settled. */
    int outcome(long number, Row row) {
      begin(OUTCOME_BYTES, OUTCOME, row);
      buffer.putLong(28, row.number).putLong(36, row.acceptedMs).putLong(44, row.dueMs);
      buffer.position(OUTCOME_BYTES);
      return seal(number);
    }

    int begin(long number, int cycle, long nextEvent) {
      begin(HEAD_BYTES + Integer.BYTES + Long.BYTES, BEGIN);
      buffer.putInt(cycle).putLong(nextEvent);
      return seal(number);
    }

    int end(long number, long rows) {
      begin(HEAD_BYTES + Long.BYTES, END);
      buffer.putLong(rows);
      return seal(number);
    }

    /** Of places from, inclusive, to, exclusive. */
    int part(long number, OwedTable table, int from, int to, Row scratch) {
      Map<String, Integer> lanes = new LinkedHashMap<>();
      int rows = 0;
      int names = 0;
      for (int place = from; place < to; place++) {
        if (table.read(place, scratch)) {
          rows++;
          if (lanes.putIfAbsent(scratch.lane, lanes.size()) == null) {
            names += Integer.BYTES + 3 * scratch.lane.length();
          }
        }
      }
      begin(HEAD_BYTES + 4 * Integer.BYTES + names + rows * ROW_BYTES, PART);
      buffer.putInt(from).putInt(to).putInt(lanes.size()).putInt(rows);
      for (String lane : lanes.keySet()) {
        byte[] name = lane.getBytes(StandardCharsets.UTF_8);
        buffer.putInt(name.length).put(name);
      }
      for (int place = from; place < to; place++) {
        if (table.read(place, scratch)) {
          row(scratch, lanes.get(scratch.lane));
        }
      }
      return seal(number);
    }

    private void row(Row row, int lane) {
      buffer.putInt(row.place).putInt(lane).putInt(row.bodyBytes);
      buffer
          .put(row.state)
          .put((byte) row.attempt)
          .put(row.lost ? LOST : 0)
          .put((byte) row.reasonKib);
      buffer.putLong(row.number).putLong(row.position).putLong(row.dueMs);
      buffer.putLong(row.acceptedMs).putLong(row.idHigh).putLong(row.idLow);
    }

    private void begin(int room, byte kind, Row row) {
      begin(room, kind);
      buffer.put(STATE_AT, row.state).put(ATTEMPT_AT, (byte) row.attempt);
      buffer.put(FLAGS_AT, row.lost ? LOST : 0).putInt(HEAD_BYTES, row.place);
    }

    private void begin(int room, byte kind) {
      if (buffer.capacity() < room) {
        array = new byte[Math.max(room, 2 * array.length)];
        buffer = wrap(array);
      }
      buffer.clear();
      buffer.putInt(0, seal.magic()).put(KIND_AT, kind);
      buffer.put(STATE_AT, (byte) 0).put(ATTEMPT_AT, (byte) 0).put(FLAGS_AT, (byte) 0);
      buffer.position(HEAD_BYTES);
    }

    private int seal(long number) {
      int length = buffer.position();
      buffer.putInt(LENGTH_AT, length).putLong(NUMBER_AT, number);
      int checksum = seal.checksum(array, CHECKED_FROM, length - CHECKED_FROM);
      buffer.putInt(CHECKSUM_AT, checksum);
      return length;
    }
  }

  static ByteBuffer wrap(byte[] bytes) {
    return ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The length that a record here says it has; 0: there is none, or its head is not in sight. */
  static int length(Seal seal, ByteBuffer bytes, int at, int limit) {
    if (limit - at < HEAD_BYTES || bytes.getInt(at) != seal.magic()) {
      return 0;
    }
    int length = bytes.getInt(at + LENGTH_AT);
    return length < HEAD_BYTES || length > BYTES_MAX ? 0 : length;
  }

  /** Whether these bytes are a record as it was written. */
  static boolean isWhole(Seal seal, ByteBuffer bytes, int at, int length) {
    int checksum =
        seal.checksum(
            bytes.array(), bytes.arrayOffset() + at + CHECKED_FROM, length - CHECKED_FROM);
    return checksum == bytes.getInt(at + CHECKSUM_AT);
  }

  static long number(ByteBuffer bytes, int at) {
    return bytes.getLong(at + NUMBER_AT);
  }

  static byte kind(ByteBuffer bytes, int at) {
    return bytes.get(at + KIND_AT);
  }

  /** Whether a whole record is an event with this number. */
  static boolean isEvent(ByteBuffer record, long number) {
    return kind(record, 0) == EVENT && record.getLong(28) == number;
  }

  /** Reads an event but for its bytes and its position. */
  static void event(ByteBuffer bytes, int at, LaneNames lanes, Row into) {
    head(bytes, at, into);
    into.idHigh = bytes.getLong(at + 36);
    into.idLow = bytes.getLong(at + 44);
    into.acceptedMs = bytes.getLong(at + 52);
    into.dueMs = bytes.getLong(at + 60);
    int lane = bytes.getInt(at + 68);
    into.reasonKib = OwedTable.kib(bytes.getInt(at + 72));
    into.bodyBytes = bytes.getInt(at + 76);
    into.lane = lanes.of(bytes.array(), bytes.arrayOffset() + at + EVENT_BYTES, lane);
  }

  /** Of an outcome: place, number, state, attempt, times. */
  static void outcome(ByteBuffer bytes, int at, Row into) {
    head(bytes, at, into);
    into.acceptedMs = bytes.getLong(at + 36);
    into.dueMs = bytes.getLong(at + 44);
  }

  private static void head(ByteBuffer bytes, int at, Row into) {
    into.state = bytes.get(at + STATE_AT);
    into.attempt = bytes.get(at + ATTEMPT_AT) & 0xFF;
    into.lost = (bytes.get(at + FLAGS_AT) & LOST) != 0;
    into.place = bytes.getInt(at + HEAD_BYTES);
    into.number = bytes.getLong(at + 28);
  }

  static byte[] reason(ByteBuffer event) {
    int from = event.arrayOffset() + EVENT_BYTES + event.getInt(68);
    return Arrays.copyOfRange(event.array(), from, from + event.getInt(72));
  }

  static byte[] body(ByteBuffer event) {
    int from = event.arrayOffset() + EVENT_BYTES + event.getInt(68) + event.getInt(72);
    return Arrays.copyOfRange(event.array(), from, from + event.getInt(76));
  }

  /** The number of the next event when the cycle began. */
  static long nextEvent(ByteBuffer begin, int at) {
    return begin.getLong(at + HEAD_BYTES + Integer.BYTES);
  }

  /** Rows of the whole checkpoint. */
  static long rows(ByteBuffer end, int at) {
    return end.getLong(at + HEAD_BYTES);
  }

  /** Puts a part of a checkpoint into the table; how many rows it had. */
  static int restore(ByteBuffer part, int at, LaneNames names, OwedTable table, Row scratch) {
    ByteBuffer in = part.duplicate().order(ByteOrder.LITTLE_ENDIAN);
    in.position(at + HEAD_BYTES);
    int from = in.getInt();
    int to = in.getInt();
    String[] lanes = new String[in.getInt()];
    int rows = in.getInt();
    for (int i = 0; i < lanes.length; i++) {
      int length = in.getInt();
      lanes[i] = names.of(in.array(), in.arrayOffset() + in.position(), length);
      in.position(in.position() + length);
    }
    table.restoreEmpty(from, to);
    for (int i = 0; i < rows; i++) {
      scratch.place = in.getInt();
      scratch.lane = lanes[in.getInt()];
      scratch.bodyBytes = in.getInt();
      scratch.state = in.get();
      scratch.attempt = in.get() & 0xFF;
      scratch.lost = in.get() == LOST;
      scratch.reasonKib = in.get();
      scratch.number = in.getLong();
      scratch.position = in.getLong();
      scratch.dueMs = in.getLong();
      scratch.acceptedMs = in.getLong();
      scratch.idHigh = in.getLong();
      scratch.idLow = in.getLong();
      table.restore(scratch);
    }
    return rows;
  }

  /** Rows of a part, without reading it. */
  static int rowsOfPart(ByteBuffer part, int at) {
    return part.getInt(at + HEAD_BYTES + 3 * Integer.BYTES);
  }
}
