package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.constraints.IntRange;

/** Whatever a process writes to its log pipe, wherever reads cut it. */
class LogRecordsPropertyTest {
  private static final int MAGIC = 0xA55A0003;

  /** What was found: texts joined, and how much of the input they account for. */
  private static final class Found {
    final LogRecords records = new LogRecords();
    final ByteArrayOutputStream text = new ByteArrayOutputStream();
    long markBefore;
    long accounted;

    void feed(byte[] all, int from, int to) {
      byte[] read = new byte[to - from];
      System.arraycopy(all, from, read, 0, read.length);
      int at = 0;
      while (at < read.length) {
        int next = records.next(read, at, read.length);
        assertTrue(next >= at && next <= read.length, "from " + at + " to " + next);
        assertTrue(next > at || records.pieceLength() != LogRecords.NONE, "no progress");
        take();
        at = next;
      }
    }

    void take() {
      int length = records.pieceLength();
      if (length == LogRecords.NONE) {
        return;
      }
      text.write(records.piece(), records.pieceOffset(), length);
      accounted += length;
      long mark = records.mark();
      if (mark != markBefore) {
        assertEquals(markBefore + LogRecords.HEADER_BYTES + length, mark);
        assertTrue(length <= LogRecords.TEXT_BYTES_MAX, "a record of " + length);
        accounted += LogRecords.HEADER_BYTES;
        markBefore = mark;
      }
      assertEquals(accounted, records.position());
    }
  }

  private static byte[] header(int length) {
    ByteBuffer buffer = ByteBuffer.allocate(LogRecords.HEADER_BYTES);
    return buffer.putInt(MAGIC).order(ByteOrder.LITTLE_ENDIAN).putInt(length).putLong(7).array();
  }

  /** Text, whole records, headers that lie, pieces of the magic number. */
  private static Arbitrary<byte[]> parts() {
    Arbitrary<byte[]> noise = Arbitraries.bytes().array(byte[].class).ofMaxSize(40);
    Arbitrary<byte[]> lies = Arbitraries.integers().map(LogRecordsPropertyTest::header);
    Arbitrary<byte[]> longLies =
        Arbitraries.integers().between(0, 70_000).map(LogRecordsPropertyTest::header);
    Arbitrary<byte[]> magic =
        Arbitraries.of(
            new byte[] {(byte) 0xA5},
            new byte[] {(byte) 0xA5, 0x5A},
            new byte[] {(byte) 0xA5, 0x5A, 0},
            new byte[] {(byte) 0xA5, (byte) 0xA5, 0x5A, 0, 3});
    Arbitrary<byte[]> whole =
        noise.map(
            bytes -> {
              ByteArrayOutputStream record = new ByteArrayOutputStream();
              record.writeBytes(header(bytes.length));
              record.writeBytes(bytes);
              return record.toByteArray();
            });
    Arbitrary<byte[]> forged =
        Arbitraries.of(
            "START RequestId: x\n".getBytes(StandardCharsets.US_ASCII),
            "REPORT RequestId: x\t\n".getBytes(StandardCharsets.US_ASCII));
    return Arbitraries.oneOf(noise, lies, longLies, magic, whole, whole, forged);
  }

  @Provide
  Arbitrary<List<byte[]>> lists() {
    return parts().list().ofMaxSize(30);
  }

  @Property(tries = 2000)
  void everyByteIsFoundOnceHoweverReadsCutIt(
      @ForAll("lists") List<byte[]> parts, @ForAll @IntRange(min = 1, max = 50) int cut) {
    ByteArrayOutputStream joined = new ByteArrayOutputStream();
    parts.forEach(joined::writeBytes);
    byte[] all = joined.toByteArray();
    Found atOnce = new Found();
    atOnce.feed(all, 0, all.length);
    atOnce.records.end();
    atOnce.take();
    Found inPieces = new Found();
    for (int from = 0; from < all.length; from += cut) {
      inPieces.feed(all, from, Math.min(all.length, from + cut));
    }
    inPieces.records.end();
    inPieces.take();
    assertEquals(all.length, atOnce.accounted);
    assertEquals(all.length, inPieces.accounted);
    assertEquals(atOnce.records.mark(), inPieces.records.mark());
    assertArrayEquals(atOnce.text.toByteArray(), inPieces.text.toByteArray());
  }
}
