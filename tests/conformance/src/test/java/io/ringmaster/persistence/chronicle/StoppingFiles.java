package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;

/**
 * File operations of a process that is to be killed at a certain point: as soon as a file {@code
 * stop-at} names it, the operation there that it asks for never returns, or never begins; the file
 * {@code stopped} tells which one it was. Whatever else the process does goes on.
 */
final class StoppingFiles extends JournalFiles {
  /** What {@code stop-at} has: the point, {@code done} or {@code begun}, operations to pass. */
  private static final int WORDS = 3;

  private final Path wanted;
  private final Path stopped;

  /** Operations at the point since it was asked for; the appender's thread, and that for files. */
  private final AtomicInteger passed = new AtomicInteger();

  /**
   * @param folder where the two files are
   */
  StoppingFiles(Path folder) {
    wanted = folder.resolve("stop-at");
    stopped = folder.resolve("stopped");
  }

  private void pass(String operation, boolean done) throws IOException {
    if (!Files.exists(wanted)) {
      return;
    }
    String[] words = Files.readString(wanted).split(" ");
    if (words.length == WORDS
        && words[1].equals(done ? "done" : "begun")
        && JournalPoint.valueOf(words[0]).isHere()
        && passed.getAndIncrement() == Integer.parseInt(words[2])) {
      Path telling = stopped.resolveSibling("telling");
      Files.writeString(telling, operation + ' ' + words[1]);
      Files.move(telling, stopped, StandardCopyOption.ATOMIC_MOVE);
      while (true) {
        LockSupport.park(this);
      }
    }
  }

  @Override
  FileChannel openToRead(Path path) throws IOException {
    pass("openToRead", false);
    FileChannel channel = super.openToRead(path);
    pass("openToRead", true);
    return channel;
  }

  @Override
  FileChannel open(Path path) throws IOException {
    pass("open", false);
    FileChannel channel = super.open(path);
    pass("open", true);
    return channel;
  }

  @Override
  void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
    pass("write", false);
    super.write(channel, bytes, position);
    pass("write", true);
  }

  @Override
  int read(FileChannel channel, ByteBuffer into, long position) throws IOException {
    pass("read", false);
    int read = super.read(channel, into, position);
    pass("read", true);
    return read;
  }

  @Override
  void force(FileChannel channel, boolean metadata) throws IOException {
    pass("force", false);
    super.force(channel, metadata);
    pass("force", true);
  }

  @Override
  void syncFolder(Path folder) throws IOException {
    pass("syncFolder", false);
    super.syncFolder(folder);
    pass("syncFolder", true);
  }

  /** Each file of the folder is an operation. */
  @Override
  void delete(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        pass("delete", false);
        Files.delete(file);
        pass("delete", true);
      }
    }
    pass("deleteFolder", false);
    Files.delete(folder);
    pass("deleteFolder", true);
  }
}
