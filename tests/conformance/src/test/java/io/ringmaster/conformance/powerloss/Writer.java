package io.ringmaster.conformance.powerloss;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Collection;

/**
 * A process that writes a store until the store fails or nobody listens, and tells what the store
 * acknowledged.
 */
final class Writer {
  /** These are there. */
  static final String KEPT = "kept";

  /** These are to go. */
  static final String LEAVING = "leaving";

  /** A line without it was cut off. */
  static final String END = " .";

  private final PrintStream out =
      new PrintStream(new FileOutputStream(FileDescriptor.out), false, StandardCharsets.UTF_8);

  private Writer() {}

  /**
   * @param words which store; its folder; whether it is synced; the first number of this life
   */
  public static void main(String[] words) throws IOException {
    Path folder = Path.of(words[1]);
    boolean synced = Boolean.parseBoolean(words[2]);
    Writer writer = new Writer();
    try {
      Store.valueOf(words[0]).write(folder, synced, Long.parseLong(words[3]), writer);
    } catch (IOException cut) {
      System.err.println(words[0] + ": " + cut);
    }
    Runtime.getRuntime().halt(0); // closing a store whose disk is gone shows nothing
  }

  /** Any thread. */
  void tell(String what, Collection<Long> ids) {
    StringBuilder line = new StringBuilder(what);
    ids.forEach(id -> line.append(' ').append(id));
    synchronized (out) {
      out.append(line.append(END).append('\n'));
      if (out.checkError()) {
        Runtime.getRuntime().halt(1); // nobody listens any more
      }
    }
  }
}
