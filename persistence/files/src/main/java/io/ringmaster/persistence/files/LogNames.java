package io.ringmaster.persistence.files;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;

/**
 * How files of the log store are named: the group's and the stream's name are the path, each part
 * made safe, so that no name leads out of the folder. What the store itself adds begins with a plus
 * sign, which no such part has: {@code STREAM+1}, {@code STREAM+2} are later parts of a stream,
 * {@code …+times} tells when the lines of a part were logged, {@code +group} describes a group.
 */
final class LogNames {
  static final String TIMES = "+times";
  static final String GROUP = "+group";

  private static final char ADDED = '+';
  private static final String NOTHING = "%";
  private static final String HEX = "0123456789ABCDEF";
  private static final String SAFE_MARKS = "-_.$[]";
  private static final int NAME_MAX = 200;

  private LogNames() {}

  /** Where a group of that name may lie: where one looks for it, or else beside. */
  static List<Path> groups(Path root, String name) {
    Path usual = below(root, name);
    String other = usual.getFileName() + NOTHING + Integer.toHexString(name.hashCode());
    return List.of(usual, usual.resolveSibling(other));
  }

  /** Where something of that name lies below a folder; never that folder itself. */
  static Path below(Path folder, String name) {
    Path path = folder;
    for (String part : name.split("/")) {
      if (!part.isEmpty()) {
        path = path.resolve(safe(part));
      }
    }
    return path.equals(folder) ? folder.resolve(NOTHING) : path;
  }

  /**
   * A file's name for a part of a stream's name: letters, digits and a few marks stay, each other
   * byte becomes its number in hexadecimal; so no two names become one, unless they are longer than
   * 200 bytes.
   */
  private static String safe(String name) {
    StringBuilder safe = new StringBuilder();
    boolean dots = name.chars().allMatch(c -> c == '.');
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (letter || !dots && c != 0 && SAFE_MARKS.indexOf(c) >= 0) {
        safe.append(c);
      } else {
        safe.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    return safe.length() > NAME_MAX
        ? safe.substring(0, NAME_MAX) + "%" + Integer.toHexString(name.hashCode())
        : safe.toString();
  }

  /** The name of what lies there; where it was too long for a file's name, that file's name. */
  static String name(Path folder, Path below) {
    StringBuilder name = new StringBuilder();
    for (Path part : folder.relativize(below)) {
      name.append(name.isEmpty() ? "" : "/").append(plain(part.toString()));
    }
    return name.toString();
  }

  private static String plain(String safe) {
    if (safe.equals(NOTHING)) {
      return "";
    }
    ByteArrayOutputStream bytes = new ByteArrayOutputStream(safe.length());
    for (int i = 0; i < safe.length(); i++) {
      char c = safe.charAt(i);
      int high = c == '%' && i + 2 < safe.length() ? HEX.indexOf(safe.charAt(i + 1)) : -1;
      int low = high < 0 ? -1 : HEX.indexOf(safe.charAt(i + 2));
      if (low >= 0) {
        bytes.write(high << 4 | low);
        i += 2;
      } else {
        bytes.writeBytes(String.valueOf(c).getBytes(StandardCharsets.UTF_8));
      }
    }
    return bytes.toString(StandardCharsets.UTF_8);
  }

  /** A part of a stream; the first one, 0, has the stream's own name. */
  static Path part(Path stream, int number) {
    return number == 0 ? stream : stream.resolveSibling(stream.getFileName() + "" + ADDED + number);
  }

  static Path times(Path part) {
    return part.resolveSibling(part.getFileName() + TIMES);
  }

  /** Whether it is a part of a stream, not one of the files beside. */
  static boolean isPart(Path file) {
    String name = file.getFileName().toString();
    return name.indexOf(ADDED) < 0 || number(name) > 0;
  }

  /** Which part of its stream a file is. */
  static int number(Path part) {
    return Math.max(0, number(part.getFileName().toString()));
  }

  private static int number(String name) {
    String added = name.substring(name.indexOf(ADDED) + 1);
    boolean digits = name.indexOf(ADDED) >= 0 && added.matches("[1-9][0-9]{0,8}");
    return digits ? Integer.parseInt(added) : -1;
  }

  /** The stream that a part belongs to. */
  static Path stream(Path part) {
    String name = part.getFileName().toString();
    int mark = name.indexOf(ADDED);
    return mark < 0 ? part : part.resolveSibling(name.substring(0, mark));
  }
}
