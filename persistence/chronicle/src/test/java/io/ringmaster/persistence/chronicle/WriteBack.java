package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * How Linux tells that what was written did not get to the disk: once to each open channel of the
 * file, when that is forced. The next force is well, and what could not be written is gone.
 */
final class WriteBack {
  /** What nobody has forced yet. */
  private record Written(FileChannel channel, long position, int length) {}

  // Guarded by this.
  private final Map<FileChannel, Object> opened = new HashMap<>();
  private final Map<Object, List<Written>> unforced = new HashMap<>();
  private final Set<FileChannel> untold = new HashSet<>();

  static Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  synchronized FileChannel opened(FileChannel channel, Path path) throws IOException {
    opened.put(channel, key(path));
    return channel;
  }

  /** Which file it is. */
  synchronized Object file(FileChannel channel) {
    return opened.get(channel);
  }

  synchronized void written(FileChannel channel, long position, int length) {
    unforced
        .computeIfAbsent(file(channel), _ -> new ArrayList<>())
        .add(new Written(channel, position, length));
  }

  /** What was written to this channel's file since it was forced does not get to the disk. */
  synchronized void fail(FileChannel channel) throws IOException {
    Object file = file(channel);
    opened.keySet().removeIf(each -> !each.isOpen());
    opened.forEach((each, of) -> mark(each, of.equals(file)));
    List<Written> gone = unforced.remove(file);
    for (Written each : gone == null ? List.<Written>of() : gone) {
      if (each.channel.isOpen()) {
        each.channel.write(ByteBuffer.allocate(each.length), each.position);
      }
    }
  }

  private void mark(FileChannel channel, boolean failed) {
    if (failed) {
      untold.add(channel);
    }
  }

  /**
   * The file is forced.
   *
   * @throws IOException something did not get to the disk, and this channel was not told yet
   */
  synchronized void forced(FileChannel channel) throws IOException {
    if (untold.remove(channel)) {
      throw new IOException("Input/output error");
    }
    unforced.remove(file(channel));
  }
}
