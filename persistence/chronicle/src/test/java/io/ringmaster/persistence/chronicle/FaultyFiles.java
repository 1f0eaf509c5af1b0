package io.ringmaster.persistence.chronicle;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;

/** File operations that fail when a test wants it. */
final class FaultyFiles extends JournalFiles {
  /** What fails. */
  enum Fault {
    NONE,
    /** Nothing can be written. */
    FULL,
    /** A part of what is to be written is, the rest is not. */
    SHORT,
    /** What was written cannot be made durable, and is gone. */
    FORCE,
    /** What was written cannot be read. */
    READ,
    /** Nor can events be, while all else can. */
    READ_EVENTS,
    /** Nothing can be written once an event was read. */
    FULL_AFTER_READING,
    /** What is written from the next read event on cannot be made durable. */
    FORCE_AFTER_READING
  }

  private final WriteBack writeBack = new WriteBack();

  volatile Fault fault = Fault.NONE;

  @Override
  FileChannel open(Path path) throws IOException {
    return writeBack.opened(super.open(path), path);
  }

  @Override
  FileChannel openToRead(Path path) throws IOException {
    return writeBack.opened(super.openToRead(path), path);
  }

  @Override
  void write(FileChannel channel, ByteBuffer bytes, long position) throws IOException {
    if (fault == Fault.SHORT) {
      ByteBuffer part = bytes.duplicate().limit(bytes.position() + bytes.remaining() / 2);
      super.write(channel, part, position);
    }
    failIf(Fault.FULL, "No space left on device");
    failIf(Fault.SHORT, "No space left on device");
    writeBack.written(channel, position, bytes.remaining());
    super.write(channel, bytes, position);
  }

  @Override
  int read(FileChannel channel, ByteBuffer into, long position) throws IOException {
    failIf(Fault.READ, "Input/output error");
    if (into.capacity() == BodyFiles.AT_ONCE) {
      failIf(Fault.READ_EVENTS, "Input/output error");
      fault =
          switch (fault) {
            case FULL_AFTER_READING -> Fault.FULL;
            case FORCE_AFTER_READING -> Fault.FORCE;
            default -> fault;
          };
    }
    return super.read(channel, into, position);
  }

  @Override
  void force(FileChannel channel, boolean metadata) throws IOException {
    super.force(channel, metadata);
    if (fault == Fault.FORCE) {
      writeBack.fail(channel);
    }
    writeBack.forced(channel);
  }

  @Override
  void syncFolder(Path folder) throws IOException {
    failIf(Fault.FORCE, "Input/output error");
    super.syncFolder(folder);
  }

  private void failIf(Fault which, String message) throws IOException {
    if (fault == which) {
      throw new IOException(message);
    }
  }
}
