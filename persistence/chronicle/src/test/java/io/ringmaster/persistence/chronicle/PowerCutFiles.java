package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * File operations that know what a power cut would leave: of each file what it held when it was
 * forced last, under the names that its folder had when that was synced last. At some operation the
 * power is cut: what is left then, and what was told by then, is kept. One operation may fail; if
 * it is a force, what was to be forced is gone, and each channel is told once.
 */
final class PowerCutFiles extends JournalFiles {
  /** Files of such a test are smaller. */
  private static final int BYTES_MAX = 16 << 20;

  private final int cutAt;
  private final int failAt;
  private final boolean zerosFail;

  // Guarded by this.
  private final WriteBack writeBack = new WriteBack();
  private final Map<Object, byte[]> durable = new HashMap<>();
  private final Map<Path, Map<String, Object>> names = new HashMap<>();
  private final Set<Long> owed = new HashSet<>();
  private Set<Long> owedAtCut;
  private Map<Object, byte[]> durableAtCut;
  private Map<Path, Map<String, Object>> namesAtCut;
  private int operations;
  private int filled;
  private FileChannel zeros;
  private boolean failed;

  /**
   * @param failAt the operation that fails; 0: none
   * @param zerosFail not that one, but the next force of zeros that were put ahead
   */
  PowerCutFiles(int cutAt, int failAt, boolean zerosFail) {
    this.cutAt = cutAt;
    this.failAt = failAt;
    this.zerosFail = zerosFail;
  }

  synchronized boolean isCut() {
    return owedAtCut != null;
  }

  /** How often zeros were put ahead, not all of them before the cut. */
  synchronized int filled() {
    return filled;
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
    if (mayFail && operations == failAt && !zerosFail) {
      throw new IOException("Input/output error");
    }
  }

  @Override
  synchronized FileChannel open(Path path) throws IOException {
    count(true);
    return writeBack.opened(super.open(path), path);
  }

  @Override
  synchronized FileChannel openToRead(Path path) throws IOException {
    count(true);
    return writeBack.opened(super.openToRead(path), path);
  }

  @Override
  synchronized void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
    count(true);
    if (position > 0 && Thread.currentThread().getName().equals("ringmaster-journal-files")) {
      filled++;
      zeros = channel;
    }
    writeBack.written(channel, position, bytes.remaining());
    super.write(channel, bytes, position);
  }

  @Override
  synchronized void force(FileChannel channel, boolean metadata) throws IOException {
    try {
      count(true);
      if (zerosFail && operations >= failAt && channel == zeros && !failed) {
        failed = true;
        writeBack.fail(channel);
      }
    } catch (IOException atThisOne) {
      writeBack.fail(channel);
    }
    writeBack.forced(channel);
    int size = (int) Math.min(channel.size(), BYTES_MAX);
    ByteBuffer content = ByteBuffer.allocate(size);
    super.read(channel, content, 0);
    durable.put(writeBack.file(channel), content.array());
  }

  @Override
  synchronized void syncFolder(Path folder) throws IOException {
    count(true);
    Map<String, Object> now = new HashMap<>();
    try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
      for (Path each : all) {
        now.put(
            each.getFileName().toString(), Files.isDirectory(each) ? each : WriteBack.key(each));
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
