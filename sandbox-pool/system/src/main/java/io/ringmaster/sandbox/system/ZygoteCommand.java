package io.ringmaster.sandbox.system;

import java.util.ArrayList;
import java.util.List;

/**
 * How to start a zygote: the text of {@link Op#ZYGOTE}.
 *
 * @param argv the program, an absolute path, and its arguments; at least one, none empty or with a
 *     NUL
 * @param environment {@code NAME=value} each, and nothing else: the zygote's complete environment;
 *     none empty or with a NUL
 */
public record ZygoteCommand(List<String> argv, List<String> environment) {
  public ZygoteCommand {
    argv = List.copyOf(argv);
    environment = List.copyOf(environment);
    if (argv.isEmpty() || !argv.get(0).startsWith("/")) {
      throw new IllegalArgumentException("a zygote's program is an absolute path: " + argv);
    }
    argv.forEach(ZygoteCommand::checkWord);
    environment.forEach(ZygoteCommand::checkWord);
  }

  private static void checkWord(String word) {
    if (word.isEmpty() || word.indexOf('\0') >= 0) {
      throw new IllegalArgumentException("empty, or holds a NUL: " + word);
    }
  }

  /** Each word ends with a NUL; one NUL more stands between the two lists. */
  public String encode() {
    StringBuilder text = new StringBuilder();
    argv.forEach(word -> text.append(word).append('\0'));
    text.append('\0');
    environment.forEach(word -> text.append(word).append('\0'));
    return text.toString();
  }

  /**
   * The inverse of {@link #encode}; throws IllegalArgumentException where the text is not its
   * result.
   */
  public static ZygoteCommand decode(String text) {
    List<String> argv = new ArrayList<>();
    List<String> environment = new ArrayList<>();
    List<String> into = argv;
    for (int start = 0; start < text.length(); ) {
      int end = text.indexOf('\0', start);
      if (end < 0 || end == start && into == environment) {
        throw new IllegalArgumentException("not a zygote command");
      }
      if (end == start) {
        into = environment;
      } else {
        into.add(text.substring(start, end));
      }
      start = end + 1;
    }
    if (into == argv) {
      throw new IllegalArgumentException("not a zygote command");
    }
    return new ZygoteCommand(argv, environment);
  }
}
