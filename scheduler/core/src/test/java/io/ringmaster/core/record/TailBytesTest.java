package io.ringmaster.core.record;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import org.junit.jupiter.api.Test;

class TailBytesTest {

  @Property(tries = 500)
  void keepsTheLastBytes(@ForAll("pieces") List<byte[]> pieces) {
    TailBytes tail = new TailBytes(2048);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    for (byte[] piece : pieces) {
      tail.append(piece, 0, piece.length);
      all.writeBytes(piece);
      byte[] written = all.toByteArray();
      assertArrayEquals(
          Arrays.copyOfRange(written, Math.max(0, written.length - 2048), written.length),
          tail.tail());
      assertEquals(written.length == 0 || written[written.length - 1] == '\n', tail.atLineStart());
    }
  }

  @Provide
  Arbitrary<List<byte[]>> pieces() {
    Arbitrary<Byte> ascii = Arbitraries.bytes().between((byte) 10, (byte) 126);
    return Arbitraries.integers()
        .between(0, 5000)
        .flatMap(
            size ->
                ascii
                    .array(byte[].class)
                    .ofSize(Math.min(size, 40))
                    .map(seed -> repeated(seed, size)))
        .list()
        .ofMaxSize(8);
  }

  private static byte[] repeated(byte[] seed, int size) {
    byte[] bytes = new byte[size];
    for (int i = 0; i < size; i++) {
      bytes[i] = (byte) (10 + (seed[i % seed.length] + i / seed.length) % 100);
    }
    return bytes;
  }

  @Test
  void cutsNoCharacterAndNoLine() {
    TailBytes tail = new TailBytes(512);
    byte[] euros = "€".repeat(200).getBytes(StandardCharsets.UTF_8);
    tail.append(euros, 0, euros.length);
    assertEquals("€".repeat(170), new String(tail.tail(), StandardCharsets.UTF_8));
    byte[] lines =
        ("x".repeat(300) + "\n" + "y".repeat(300) + "\nz\n").getBytes(StandardCharsets.UTF_8);
    tail.append(lines, 0, lines.length);
    assertEquals("y".repeat(300) + "\nz\n", new String(tail.lines(), StandardCharsets.UTF_8));
  }

  @Test
  void keepsPartOfALineThatIsLongerThanItself() {
    TailBytes tail = new TailBytes(512);
    byte[] line = "x".repeat(2000).getBytes(StandardCharsets.UTF_8);
    tail.append(line, 0, line.length);
    assertEquals("x".repeat(512), new String(tail.lines(), StandardCharsets.UTF_8));
  }
}
