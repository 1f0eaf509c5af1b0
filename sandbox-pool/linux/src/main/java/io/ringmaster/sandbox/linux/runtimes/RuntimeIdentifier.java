package io.ringmaster.sandbox.linux.runtimes;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of Lambda's runtime identifiers, and what it asks for. Immutable.
 *
 * @param id such as {@code nodejs22.x}
 * @param family whose interpreter it needs
 * @param major first part of the version that it names, 0 where it names none
 * @param minor second part, 0 where it names none
 * @param deprecated Lambda lets nobody create functions with it any more
 */
public record RuntimeIdentifier(
    String id, RuntimeFamily family, int major, int minor, boolean deprecated) {

  private static final String RESOURCE = "runtimes.json";

  /** The resource has one of these in each line; anything else in it is a mistake of ours. */
  private static final Pattern ROW =
      Pattern.compile(
          "\\{\"id\": \"([a-z0-9.-]+)\", \"family\": \"([a-z]+)\","
              + " \"version\": \"([0-9]*)(?:\\.([0-9]+))?\", \"deprecated\": (true|false)\\},?");

  private static final Pattern FRAME = Pattern.compile("[{}\\[\\]]|\"runtimes\": \\[");

  private static final List<RuntimeIdentifier> ALL = read();

  /** Every identifier that Lambda knows, in its order; those that are deprecated last. */
  public static List<RuntimeIdentifier> all() {
    return ALL;
  }

  /** The one of this name. */
  public static Optional<RuntimeIdentifier> of(String id) {
    return ALL.stream().filter(each -> each.id.equals(id)).findFirst();
  }

  /** Whether an interpreter is of the version that the identifier names. */
  boolean names(Interpreter interpreter) {
    return family.version(major, minor) == family.version(interpreter.major(), interpreter.minor());
  }

  /** What it asks for, in words. */
  String wanted() {
    return family.id() + (major == 0 ? "" : " " + family.versionText(major, minor));
  }

  private static List<RuntimeIdentifier> read() {
    List<RuntimeIdentifier> all = new ArrayList<>();
    for (String line : text().lines().map(String::strip).toList()) {
      Matcher row = ROW.matcher(line);
      if (row.matches()) {
        all.add(
            new RuntimeIdentifier(
                row.group(1),
                RuntimeFamily.of(row.group(2)),
                number(row.group(3)),
                number(row.group(4)),
                row.group(5).equals("true")));
      } else if (!FRAME.matcher(line).matches()) {
        throw new IllegalStateException(RESOURCE + " has a line that cannot be: " + line);
      }
    }
    return List.copyOf(all);
  }

  private static int number(String digits) {
    return digits == null || digits.isEmpty() ? 0 : Integer.parseInt(digits);
  }

  private static String text() {
    try (InputStream in = RuntimeIdentifier.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException(RESOURCE + " is not on the class path");
      }
      return new String(in.readAllBytes(), StandardCharsets.UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
