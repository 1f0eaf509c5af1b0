package io.ringmaster.persistence.chronicle;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * The names of lanes that were read last, found by their bytes: a name that comes again is the same
 * string, whose hash is known, and nothing is allocated. A lane that shares a place with another
 * takes it over. One thread.
 */
final class LaneNames {
  private static final int PLACES = 1024;

  private final CRC32C hash = new CRC32C();
  private final byte[][] bytes = new byte[PLACES][];
  private final String[] names = new String[PLACES];
  private int last;

  /** The name that these bytes are, in UTF-8. */
  String of(byte[] array, int from, int length) {
    if (!isAt(last, array, from, length)) {
      last = place(array, from, length);
      if (!isAt(last, array, from, length)) {
        bytes[last] = Arrays.copyOfRange(array, from, from + length);
        names[last] = new String(array, from, length, StandardCharsets.UTF_8);
      }
    }
    return names[last];
  }

  private boolean isAt(int place, byte[] array, int from, int length) {
    byte[] known = bytes[place];
    return known != null && Arrays.equals(known, 0, known.length, array, from, from + length);
  }

  private int place(byte[] array, int from, int length) {
    hash.reset();
    hash.update(array, from, length);
    return (int) hash.getValue() & PLACES - 1;
  }
}
