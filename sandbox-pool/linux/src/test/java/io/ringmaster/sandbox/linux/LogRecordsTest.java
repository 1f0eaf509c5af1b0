package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LogRecordsTest {
  private final LogRecords records = new LogRecords();
  private final List<String> pieces = new ArrayList<>();

  private static byte[] record(String text) {
    byte[] bytes = text.getBytes(StandardCharsets.ISO_8859_1);
    ByteBuffer buffer = ByteBuffer.allocate(16 + bytes.length);
    buffer.putInt(0xA55A0003).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).putLong(7);
    return buffer.put(bytes).array();
  }

  private void feed(LogRecords into, byte[] bytes, int from, int to) {
    byte[] buffer = new byte[to - from + 3]; // not at index 0, as in a shared buffer
    System.arraycopy(bytes, from, buffer, 3, to - from);
    int at = 3;
    while (at < buffer.length) {
      int next = into.next(buffer, at, buffer.length);
      assertTrue(next > at || into.pieceLength() != LogRecords.NONE, "no progress");
      take(into);
      at = next;
    }
  }

  private void take(LogRecords from) {
    if (from.pieceLength() != LogRecords.NONE) {
      pieces.add(
          new String(
              from.piece(), from.pieceOffset(), from.pieceLength(), StandardCharsets.ISO_8859_1));
    }
  }

  private static byte[] join(byte[]... parts) {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    for (byte[] part : parts) {
      out.writeBytes(part);
    }
    return out.toByteArray();
  }

  @Test
  void recordsAndRawOutputWhereverTheyAreCut() {
    byte[] all =
        join(
            record("one"),
            "raw".getBytes(StandardCharsets.ISO_8859_1),
            record(""),
            new byte[] {(byte) 0xA5, 0x5A, 0, 3}, // looks like one, but its length cannot be
            record("two\n"),
            new byte[] {(byte) 0xA5},
            record("x"));
    for (int first = 0; first <= all.length; first++) {
      for (int second = first; second <= all.length; second++) {
        LogRecords each = new LogRecords();
        pieces.clear();
        feed(each, all, 0, first);
        feed(each, all, first, second);
        feed(each, all, second, all.length);
        each.end();
        take(each);
        assertEquals("oneraw\u00a5Z\0\u0003two\n\u00a5x", String.join("", pieces));
        assertEquals(16 * 4 + 8, each.mark(), "cut at " + first + ", " + second);
      }
    }
  }

  @Test
  void anEmptyRecordCounts() {
    feed(records, record(""), 0, 16);
    assertEquals(List.of(""), pieces);
    assertEquals(16, records.mark());
  }

  @Test
  void aRecordMayTellItsLevel() {
    for (int type = 0; type < 256; type++) {
      byte[] bytes = record("x");
      bytes[3] = (byte) type;
      for (int cut : new int[] {17, 5}) { // whole, and in two pieces
        LogRecords each = new LogRecords();
        pieces.clear();
        feed(each, bytes, 0, cut);
        feed(each, bytes, cut, 17);
        boolean isText = type < 28 && (type & 2) != 0;
        assertEquals(isText ? 17 : 0, each.mark(), "type " + type);
        assertEquals(isText ? type >> 2 : 0, each.pieceLevel(), "type " + type);
      }
    }
  }

  @Test
  void aRecordOfTheGreatestLength() {
    String text = "y".repeat(65_536);
    byte[] bytes = record(text);
    feed(records, bytes, 0, 40_000);
    feed(records, bytes, 40_000, bytes.length);
    assertEquals(List.of(text), pieces);
  }

  @Test
  void aLongerOneIsRawOutput() {
    byte[] bytes = record("z".repeat(65_537));
    feed(records, bytes, 0, bytes.length);
    assertEquals(0, records.mark());
    assertEquals(bytes.length, String.join("", pieces).length());
  }

  @Test
  void anUnfinishedRecordIsRawOutputInTheEnd() {
    byte[] bytes = record("never whole");
    feed(records, bytes, 0, 20);
    assertEquals(List.of(), pieces);
    records.end();
    take(records);
    assertEquals(20, String.join("", pieces).length());
    assertEquals(0, records.mark());
  }

  @Test
  void anyBytesAreKeptApartFromHeadersAndNoneIsLost() {
    for (long seed = 0; seed < 3_000; seed++) {
      Random random = new Random(seed);
      LogRecords each = new LogRecords();
      pieces.clear();
      long headers = 0;
      ByteArrayOutputStream stream = new ByteArrayOutputStream();
      for (int part = random.nextInt(8); part >= 0; part--) {
        if (random.nextBoolean()) {
          byte[] noise = new byte[random.nextInt(40)];
          for (int i = 0; i < noise.length; i++) {
            noise[i] = (byte) new int[] {0xA5, 0x5A, 0, 3, random.nextInt(256)}[random.nextInt(5)];
          }
          stream.writeBytes(noise);
        } else {
          stream.writeBytes(record("t".repeat(random.nextInt(100))));
        }
      }
      byte[] all = stream.toByteArray();
      for (int at = 0; at < all.length; ) {
        int to = Math.min(all.length, at + 1 + random.nextInt(50));
        long before = each.mark();
        feed(each, all, at, to);
        assertTrue(each.mark() >= before);
        at = to;
      }
      each.end();
      take(each);
      int text = String.join("", pieces).length();
      assertTrue(text <= all.length && (all.length - text) % 16 == 0, "seed " + seed);
      headers += all.length - text;
      assertTrue(each.mark() >= headers, "seed " + seed);
    }
  }
}
