package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;

/**
 * File operations of a process that is to be killed at a certain point: as soon as a file {@code
 * stop-at} names it, the next operation there never returns, or never begins; the file {@code
 * stopped} tells. Whatever else the process does goes on.
 */
final class StoppingFiles extends JournalFiles {
  private final Path wanted;
  private final Path stopped;

  /**
   * @param folder where the two files are
   */
  StoppingFiles(Path folder) {
    wanted = folder.resolve("stop-at");
    stopped = folder.resolve("stopped");
  }

  private void pass(boolean done) throws IOException {
    if (!Files.exists(wanted)) {
      return;
    }
    String[] words = Files.readString(wanted).split(" ");
    boolean after = words.length == 2 && words[1].equals("done");
    if (words.length == 2 && after == done && JournalPoint.valueOf(words[0]).isHere()) {
      Files.write(stopped, new byte[0]);
      while (true) {
        LockSupport.park(this);
      }
    }
  }

  @Override
  FileChannel open(Path path) throws IOException {
    pass(false);
    FileChannel channel = super.open(path);
    pass(true);
    return channel;
  }

  @Override
  void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
    pass(false);
    super.write(channel, bytes, position);
    pass(true);
  }

  @Override
  int read(FileChannel channel, ByteBuffer into, long position) throws IOException {
    pass(false);
    int read = super.read(channel, into, position);
    pass(true);
    return read;
  }

  @Override
  void force(FileChannel channel, boolean metadata) throws IOException {
    pass(false);
    super.force(channel, metadata);
    pass(true);
  }

  @Override
  void syncFolder(Path folder) throws IOException {
    pass(false);
    super.syncFolder(folder);
    pass(true);
  }

  @Override
  void delete(Path folder) throws IOException {
    pass(false);
    super.delete(folder);
    pass(true);
  }
}
