package io.ringmaster.persistence.chronicle;

import io.ringmaster.persistence.spi.Journal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;

/**
 * The event journal in a folder. What calls hand over goes to the {@link Appender}; this class
 * checks it and bounds it, holds the folder's lock and has no thread of its own.
 */
final class ChronicleJournal implements Journal {
  private static final String LOCK = "lock";

  /** Folders of this JVM's journals: the kernel's locks are the process's. */
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  private final Path root;
  private final FileChannel lock;
  private final JournalLimits limits;
  private final Bounds bounds;
  private final Appender appender;
  private final AtomicBoolean closed = new AtomicBoolean();

  private ChronicleJournal(
      Path root,
      FileChannel lock,
      JournalLimits limits,
      JournalFiles files,
      Seal seal,
      boolean synced) {
    this.root = root;
    this.lock = lock;
    this.limits = limits;
    bounds = new Bounds(limits);
    appender = new Appender(new CycleFolders(files, root), seal, synced, limits, bounds);
  }

  /**
   * Opens the journal in a folder, which is made if it is not there.
   *
   * @throws IOException it cannot be used, or another process uses it
   */
  static ChronicleJournal open(
      Path folder, boolean synced, JournalLimits limits, JournalFiles files) throws IOException {
    Path root = create(folder.toAbsolutePath(), files).toRealPath();
    if (!OURS.add(root)) {
      throw inUse(root);
    }
    FileChannel lock = null;
    boolean opened = false;
    try {
      lock = files.open(root.resolve(LOCK));
      if (!isLocked(lock)) {
        throw inUse(root);
      }
      Seal seal = Seal.read(files, root);
      if (seal == null) {
        if (!new CycleFolders(files, root).list().isEmpty()) {
          throw new IOException("the journal's identity is missing or damaged: " + root);
        }
        seal = Seal.create(files, root);
      }
      ChronicleJournal journal = new ChronicleJournal(root, lock, limits, files, seal, synced);
      opened = true;
      return journal;
    } finally {
      if (!opened) {
        if (lock != null) {
          lock.close();
        }
        OURS.remove(root);
      }
    }
  }

  /** Makes a folder and those above it that are not there, durably. */
  private static Path create(Path folder, JournalFiles files) throws IOException {
    if (!Files.isDirectory(folder)) {
      Path parent = create(folder.getParent(), files);
      Files.createDirectories(folder);
      files.syncFolder(parent);
    }
    return folder;
  }

  private static boolean isLocked(FileChannel channel) throws IOException {
    try {
      FileLock held = channel.tryLock();
      return held != null;
    } catch (OverlappingFileLockException _) {
      return false;
    }
  }

  private static IOException inUse(Path root) {
    return new IOException("the journal's folder is in use by another engine: " + root);
  }

  @Override
  public void recover(Recovery recovery) throws IOException {
    appender.recover(Objects.requireNonNull(recovery, "recovery"));
  }

  @Override
  public Answer accept(Event event, Receipt receipt) {
    Objects.requireNonNull(receipt, "receipt");
    check(event.lane().length() <= LANE_CHARS_MAX, "lane");
    check(event.attempt() >= 0 && event.attempt() <= 0xFF, "attempt");
    check(event.body().length <= BODY_BYTES_MAX, "body");
    if (closed.get() || appender.isEnded()) {
      return Answer.CLOSED;
    }
    if (appender.degraded() != null) {
      return Answer.FAILING;
    }
    if (!bounds.reserve(event.body().length, appender.bodyBytes())) {
      return Answer.FULL;
    }
    appender.hand(new Command.Accept(event, receipt));
    return Answer.TAKEN;
  }

  @Override
  public boolean nearlyFull() {
    return bounds.held() >= Journal.mostlyFull(limits.eventsMax())
        || appender.bodyBytes() + bounds.underWayBytes()
            >= Journal.mostlyFull(limits.bodyBytesMax());
  }

  @Override
  public long bodyBytesMax() {
    return limits.bodyBytesMax();
  }

  private static void check(boolean holds, String what) {
    if (!holds) {
      throw new IllegalArgumentException(what + " out of range");
    }
  }

  @Override
  public void retry(long handle, long dueMs, int attempt) {
    check(attempt >= 0 && attempt <= 0xFF, "attempt");
    appender.hand(new Command.Retry(handle, dueMs, attempt));
  }

  @Override
  public void settle(long handle) {
    appender.hand(new Command.Settle(handle));
  }

  @Override
  public void bury(long handle, long buriedMs, byte[] reason) {
    check(reason.length <= REASON_BYTES_MAX, "reason");
    appender.hand(new Command.Bury(handle, buriedMs, reason));
  }

  @Override
  public void redrive(long handle, long acceptedMs, long dueMs) {
    appender.hand(new Command.Redrive(handle, acceptedMs, dueMs));
  }

  @Override
  public void read(long handle, Reading reading) {
    appender.hand(new Command.Read(handle, Objects.requireNonNull(reading, "reading")));
  }

  @Override
  public void deadLetters(long cursor, int limit, DeadLetters letters) {
    check(cursor >= 0 && limit >= 1 && limit <= 10_000, "cursor or limit");
    appender.hand(new Command.Listing(cursor, limit, Objects.requireNonNull(letters, "letters")));
  }

  @Override
  public void sync(Consumer<String> done) {
    appender.hand(new Command.Sync(Objects.requireNonNull(done, "done")));
  }

  @Override
  public Status status() {
    return appender.status();
  }

  @Override
  public void close() {
    if (!closed.compareAndSet(false, true)) {
      return;
    }
    appender.close();
    try {
      lock.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } finally {
      OURS.remove(root);
    }
  }
}
