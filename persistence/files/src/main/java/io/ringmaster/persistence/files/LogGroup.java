package io.ringmaster.persistence.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A group: its folder, with a file that says its name and how long it is kept. Guarded. */
final class LogGroup {
  static final int DAYS_MAX = 3653;

  private static final Pattern FORM =
      Pattern.compile("ringmaster\\.log-group/1 ([0-9]{1,18}) ([0-9]{1,4})\n(.*)", Pattern.DOTALL);
  private static final int FILE_BYTES_MAX = 64 * 1024;

  final String name;
  final Path folder;
  final long createdMs;
  private final long mark;
  private int days;

  /** On disk, times included. */
  long bytes;

  private LogGroup(String name, Path folder, long createdMs, int days) {
    this.name = name;
    this.folder = folder;
    this.createdMs = createdMs;
    this.days = days;
    this.mark = LogTimes.mark(name);
  }

  /** A new one; its folder is there. */
  static LogGroup create(String name, Path folder, long createdMs) throws IOException {
    LogGroup group = new LogGroup(name, folder, Math.max(0, createdMs), 0);
    group.store(0, false);
    return group;
  }

  /** The one whose folder that is; null: it is none, or what says so is damaged. */
  static LogGroup read(Path folder) throws IOException {
    Path file = folder.resolve(LogNames.GROUP);
    if (!Files.isRegularFile(file) || Files.size(file) > FILE_BYTES_MAX) {
      return null;
    }
    Matcher matcher = FORM.matcher(new String(Files.readAllBytes(file), StandardCharsets.UTF_8));
    return matcher.matches()
        ? new LogGroup(
            matcher.group(3),
            folder,
            Long.parseLong(matcher.group(1)),
            Math.min(DAYS_MAX, Integer.parseInt(matcher.group(2))))
        : null;
  }

  private void store(int keptDays, boolean synced) throws IOException {
    Path file = folder.resolve(LogNames.GROUP);
    Path fresh = folder.resolve(LogNames.GROUP + "+new");
    String text = "ringmaster.log-group/1 " + createdMs + " " + keptDays + "\n" + name;
    try (FileChannel channel =
        FileChannel.open(
            fresh,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.TRUNCATE_EXISTING)) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.UTF_8));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      if (synced) {
        channel.force(true);
      }
    }
    Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
  }

  /** Days that its lines are kept; 0: as the default says. */
  int days() {
    return days;
  }

  void retain(int keptDays) throws IOException {
    store(keptDays, true);
    days = keptDays;
  }

  /** What its files carry. */
  long mark() {
    return mark;
  }

  /** Whether a file below its folder is its own: another group's may lie below it. */
  boolean has(LogFiles.Found found) {
    try {
      return has(found, LogTimes.begin(found.path()));
    } catch (IOException unreadable) {
      return false;
    }
  }

  /** The same where that is known. */
  boolean has(LogFiles.Found found, LogTimes.Begin begin) {
    return begin == null ? folder.equals(found.folder()) : begin.groupMark() == mark;
  }
}
