package io.ringmaster.engine.destination;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.regex.Pattern;

/**
 * Files that records are appended to, a line each: in a folder for each account below one of the
 * engine's, since who may configure functions may write neither wherever the engine may nor into
 * others' files. An account has no more room than it leaves to others. Any thread; one thread of
 * its own writes, which nobody interrupts.
 */
final class FileDestination implements AutoCloseable {
  private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");
  private static final Pattern NAME = Pattern.compile("[A-Za-z0-9_-][A-Za-z0-9._-]{0,127}");
  private static final long END_S = 10;
  private static final long LOOK_EVERY_NS = TimeUnit.SECONDS.toNanos(10);

  /** All files together hold no more: they are on the journal's disk. */
  private static final long BYTES_MAX = 1L << 30;

  /** A file counts as that much at least: so there is an end to their number too. */
  private static final long FILE_BYTES_MIN = 4096;

  private final Path folder;
  private final long bytesMax;
  private final long lookEveryNs;

  // The writer's thread: what may be added before the files are looked at again.
  private long room;
  private final Map<String, Long> taken = new HashMap<>();
  private long lookedNs;
  private boolean looked;

  private final ExecutorService writer =
      Executors.newSingleThreadExecutor(
          run -> Thread.ofPlatform().daemon().name("ringmaster-destinations").unstarted(run));

  FileDestination(Path folder) {
    this(folder, BYTES_MAX, LOOK_EVERY_NS);
  }

  /**
   * @param lookEveryNs how often the files are looked at, at most
   */
  FileDestination(Path folder, long bytesMax, long lookEveryNs) {
    this.lookEveryNs = lookEveryNs;
    this.folder = folder;
    this.bytesMax = bytesMax;
  }

  /**
   * @param account whose function it is that has the record
   */
  void append(String account, String name, byte[] json, Consumer<String> done) {
    if (!ACCOUNT.matcher(account).matches()) {
      done.accept("it is no account: " + account);
      return;
    }
    if (!NAME.matcher(name).matches()) {
      done.accept("a file's name is 1 to 128 of letters, digits, '.', '_' and '-': " + name);
      return;
    }
    try {
      writer.execute(() -> done.accept(write(account, name, json)));
    } catch (RejectedExecutionException closed) {
      done.accept("the engine ends");
    }
  }

  /** Null: it is there, durably. */
  private String write(String account, String name, byte[] json) {
    Path own = folder.resolve(account);
    Path file = own.resolve(name);
    try {
      Files.createDirectories(own);
      if (!take(account, json.length + FILE_BYTES_MIN)) {
        return "the account's files would have more bytes than are left for others' of " + bytesMax;
      }
      try (FileChannel channel =
          FileChannel.open(
              file,
              StandardOpenOption.CREATE,
              StandardOpenOption.READ,
              StandardOpenOption.WRITE,
              LinkOption.NOFOLLOW_LINKS)) {
        long begin = channel.size();
        ByteBuffer line = line(json, endsInHalf(channel, begin));
        try {
          long at = begin;
          while (line.hasRemaining()) {
            at += channel.write(line, at);
          }
          channel.force(true);
          if (begin == 0) {
            force(own);
            force(folder);
            force(folder.toAbsolutePath().getParent());
          }
        } catch (IOException e) {
          channel.truncate(begin); // half a line would be taken for a whole one
          throw e;
        }
      }
      return null;
    } catch (IOException | RuntimeException | Error e) { // whoever waits is told in any case
      return "it cannot be written: " + e;
    }
  }

  /** A record is reckoned with a file of its own, until they are looked at again. */
  private boolean take(String account, long bytes) throws IOException {
    if (!mayTake(account, bytes)) {
      long nowNs = System.nanoTime();
      if (!looked || nowNs - lookedNs >= lookEveryNs) { // there may be very many
        look();
        looked = true;
        lookedNs = System.nanoTime();
      }
      if (!mayTake(account, bytes)) {
        return false;
      }
    }
    room -= bytes;
    taken.merge(account, bytes, Long::sum);
    return true;
  }

  private boolean mayTake(String account, long bytes) {
    return bytes <= room && taken.getOrDefault(account, 0L) <= room - bytes;
  }

  private void look() throws IOException {
    room = bytesMax;
    taken.clear();
    try (DirectoryStream<Path> accounts = Files.newDirectoryStream(folder, Files::isDirectory)) {
      for (Path account : accounts) {
        long bytes = 0;
        try (DirectoryStream<Path> files = Files.newDirectoryStream(account)) {
          for (Path each : files) {
            bytes += Math.max(FILE_BYTES_MIN, each.toFile().length());
          }
        }
        room -= bytes;
        taken.put(account.getFileName().toString(), bytes);
      }
    }
  }

  /** New lines in JSON are only between its tokens: there is one at the end alone. */
  private static ByteBuffer line(byte[] json, boolean afterHalf) {
    ByteBuffer line = ByteBuffer.allocate(json.length + 2);
    if (afterHalf) {
      line.put((byte) '\n');
    }
    for (byte each : json) {
      line.put(each == '\n' || each == '\r' ? (byte) ' ' : each);
    }
    return line.put((byte) '\n').flip();
  }

  /** Whether a process that was killed left half a line behind. */
  private static boolean endsInHalf(FileChannel channel, long size) throws IOException {
    ByteBuffer last = ByteBuffer.allocate(1);
    return size > 0 && channel.read(last, size - 1) == 1 && last.get(0) != '\n';
  }

  /** The names in it are durable. */
  private static void force(Path folder) throws IOException {
    try (FileChannel names = FileChannel.open(folder, StandardOpenOption.READ)) {
      names.force(true);
    }
  }

  @Override
  public void close() {
    writer.shutdown();
    boolean interrupted = false;
    try {
      writer.awaitTermination(END_S, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      interrupted = true;
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
