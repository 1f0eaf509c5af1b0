package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * File operations that know what a power cut would leave: of each file what it held when it was
 * forced last, under the names that its folder had when that was synced last. At some operation the
 * power is cut: what is left then, and what was told by then, is kept. One operation may fail.
 */
final class PowerCutFiles extends JournalFiles {
  /** Files of such a test are smaller. */
  private static final int BYTES_MAX = 3 << 20;

  private final int cutAt;
  private final int failAt;

  // Guarded by this.
  private final Map<FileChannel, Object> opened = new HashMap<>();
  private final Map<Object, byte[]> durable = new HashMap<>();
  private final Map<Path, Map<String, Object>> names = new HashMap<>();
  private final Set<Long> owed = new HashSet<>();
  private Set<Long> owedAtCut;
  private Map<Object, byte[]> durableAtCut;
  private Map<Path, Map<String, Object>> namesAtCut;
  private int operations;

  PowerCutFiles(int cutAt, int failAt) {
    this.cutAt = cutAt;
    this.failAt = failAt;
  }

  synchronized boolean isCut() {
    return owedAtCut != null;
  }

  /** An event was told to be accepted. */
  synchronized void accepted(long id) {
    owed.add(id);
  }

  /** An event is about to be settled: it may be there or not from now on. */
  synchronized void settling(long id) {
    owed.remove(id);
  }

  /** What was accepted, and nobody had begun to settle. */
  synchronized Set<Long> owedAtCut() {
    return owedAtCut;
  }

  private void count(boolean mayFail) throws IOException {
    operations++;
    if (operations == cutAt) {
      owedAtCut = Set.copyOf(owed);
      durableAtCut = new HashMap<>(durable);
      namesAtCut = new HashMap<>(names);
    }
    if (mayFail && operations == failAt) {
      throw new IOException("Input/output error");
    }
  }

  @Override
  synchronized FileChannel open(Path path) throws IOException {
    count(true);
    return noted(super.open(path), path);
  }

  @Override
  synchronized FileChannel openToRead(Path path) throws IOException {
    count(true);
    return noted(super.openToRead(path), path);
  }

  private FileChannel noted(FileChannel channel, Path path) throws IOException {
    opened.put(channel, key(path));
    return channel;
  }

  private static Object key(Path path) throws IOException {
    return Files.readAttributes(path, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS)
        .fileKey();
  }

  @Override
  synchronized void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
    count(true);
    super.write(channel, bytes, position);
  }

  @Override
  synchronized void force(FileChannel channel, boolean metadata) throws IOException {
    count(true);
    int size = (int) Math.min(channel.size(), BYTES_MAX);
    ByteBuffer content = ByteBuffer.allocate(size);
    super.read(channel, content, 0);
    durable.put(opened.get(channel), content.array());
  }

  @Override
  synchronized void syncFolder(Path folder) throws IOException {
    count(true);
    Map<String, Object> now = new HashMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path each : all) {
        now.put(each.getFileName().toString(), Files.isDirectory(each) ? each : key(each));
      }
    }
    names.put(folder, now);
  }

  @Override
  synchronized void replace(Path from, Path to) throws IOException {
    count(true);
    super.replace(from, to);
  }

  @Override
  synchronized void delete(Path folder) throws IOException {
    count(true);
    super.delete(folder);
  }

  /** Makes the folder that is there after the cut. */
  synchronized void restore(Path root, Path target) throws IOException {
    Files.createDirectories(target);
    for (Map.Entry<String, Object> each : namesAtCut.getOrDefault(root, Map.of()).entrySet()) {
      Path path = target.resolve(each.getKey());
      if (each.getValue() instanceof Path folder) {
        restore(folder, path);
      } else {
        Files.write(path, durableAtCut.getOrDefault(each.getValue(), new byte[0]));
      }
    }
  }
}
