package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;

/**
 * The journal's file operations, but for Chronicle's mapped ones: one place where tests let them
 * fail. Any thread that nobody can interrupt.
 */
class JournalFiles {

  FileChannel open(Path path) throws IOException {
    return FileChannel.open(
        path, StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE);
  }

  FileChannel openToRead(Path path) throws IOException {
    return FileChannel.open(path, StandardOpenOption.READ);
  }

  /** Writes all of it. */
  void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
    long at = position;
    while (bytes.hasRemaining()) {
      at += channel.write(bytes, at);
    }
  }

  /** Reads until the buffer is full or the file ends; how many bytes. */
  int read(FileChannel channel, ByteBuffer into, long position) throws IOException {
    int read = 0;
    while (into.hasRemaining()) {
      int more = channel.read(into, position + read);
      if (more < 0) {
        break;
      }
      read += more;
    }
    return read;
  }

  void force(FileChannel channel, boolean metadata) throws IOException {
    channel.force(metadata);
  }

  /** Makes the names in a folder durable. */
  void syncFolder(Path folder) throws IOException {
    try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
      channel.force(true);
    }
  }

  void rename(Path from, Path to) throws IOException {
    Files.move(from, to);
  }

  /** Gives a file the name of another, which it replaces. */
  void replace(Path from, Path to) throws IOException {
    Files.move(from, to, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
  }

  /** Removes a folder of files. */
  void delete(Path folder) throws IOException {
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder)) {
      for (Path file : files) {
        Files.delete(file);
      }
    }
    Files.delete(folder);
  }
}
