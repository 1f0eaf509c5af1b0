package io.ringmaster.persistence.files;

import io.ringmaster.persistence.spi.RegistryStore;
import io.ringmaster.persistence.spi.Uninterruptibly;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.CountDownLatch;
import java.util.function.BiConsumer;

/**
 * The registry's records in a {@link RegistryFile}, beside it a {@link RegistrySnapshot} for the
 * day on which that file cannot be read, and the number of the last commit, which tells whether it
 * was read whole. See {@link RegistryStore} for what it promises.
 *
 * <p>All file work is done by one thread of the store's own, which nobody can interrupt: an
 * interrupt would close the file under it. Callers wait; those that wait together share one commit.
 *
 * <p>When a commit fails the file is closed, and opened again by the next one. What the failed
 * commit may have left there is undone first: its callers were told that it was not made.
 *
 * <p>The snapshot is written when the file was opened well, each 1,000 commits, and at close. A
 * file that cannot be read, or not to its last commit, is set aside under another name, with a line
 * in the log, and the better of file and snapshot goes on in a new one.
 */
public final class FileRegistryStore implements RegistryStore {
  private static final System.Logger LOG = System.getLogger("io.ringmaster.persistence");
  private static final String FILE = "registry.mv";
  private static final String SNAPSHOT = "registry.snapshot";
  private static final String LAST_COMMIT = "registry.commit";
  private static final String UNREADABLE = "registry.unreadable-";
  private static final int COMMITS_PER_SNAPSHOT = 1000;

  /** What a caller waits for. The failure is set before the latch opens. */
  private abstract static sealed class Request {
    final CountDownLatch done = new CountDownLatch(1);
    Throwable failure;
  }

  private static final class Reading extends Request {
    final Map<String, byte[]> found = new TreeMap<>();
  }

  private static final class Commit extends Request {
    final List<Change> changes;

    Commit(List<Change> changes) {
      this.changes = List.copyOf(changes);
    }
  }

  private final Path folder;
  private final boolean synced;
  private final LastCommit lastCommit;
  private final Thread thread;
  private final Object lock = new Object();

  // Guarded by the lock.
  private final ArrayDeque<Request> requests = new ArrayDeque<>();
  private boolean closing;

  // The store's thread only.
  private RegistryFile file;
  private final Map<String, byte[]> undo = new LinkedHashMap<>();
  private int commitsSinceSnapshot;

  private FileRegistryStore(Path folder, boolean synced) {
    this.folder = folder;
    this.synced = synced;
    lastCommit = new LastCommit(folder.resolve(LAST_COMMIT));
    thread = Thread.ofPlatform().daemon().name("ringmaster-registry").unstarted(this::run);
  }

  /**
   * Opens the store, creating the folder if it is not there. The caller sees to it that nobody else
   * uses the folder.
   *
   * @param synced whether a commit survives a power cut; if not, it survives the end of the process
   * @throws IOException the folder cannot be used, or a later version of the engine wrote it
   */
  public static FileRegistryStore open(Path folder, boolean synced) throws IOException {
    LastingFolders.create(folder);
    FileRegistryStore opened = new FileRegistryStore(folder, synced);
    opened.thread.start();
    boolean well = false;
    try {
      opened.await(new Reading());
      well = true;
      return opened;
    } finally {
      if (!well) {
        opened.close();
      }
    }
  }

  @Override
  public void forEach(BiConsumer<String, byte[]> each) throws IOException {
    Reading reading = new Reading();
    await(reading);
    reading.found.forEach(each);
  }

  @Override
  public void commit(List<Change> changes) throws IOException {
    await(new Commit(changes));
  }

  @Override
  public void copyTo(Path target, Map<String, byte[]> records) throws IOException {
    List<Change> changes = new ArrayList<>();
    records.forEach((key, value) -> changes.add(new Change(key, value)));
    try (FileRegistryStore copy = open(target, true)) {
      copy.commit(changes);
    }
    PackageFolder.sync(target.toAbsolutePath().getParent());
  }

  /** True as long as a file that was set aside lies in the folder. */
  @Override
  public boolean wasDamaged() throws IOException {
    try (DirectoryStream<Path> aside = Files.newDirectoryStream(folder, UNREADABLE + "*")) {
      return aside.iterator().hasNext();
    }
  }

  private void await(Request request) throws IOException {
    synchronized (lock) {
      if (closing) {
        throw new IOException("the registry's store is closed");
      }
      requests.add(request);
      lock.notifyAll();
    }
    Uninterruptibly.run(request.done::await);
    if (request.failure != null) {
      throw new IOException(
          "the registry's file: " + request.failure.getMessage(), request.failure);
    }
  }

  @Override
  public void close() {
    synchronized (lock) {
      closing = true;
      lock.notifyAll();
    }
    Uninterruptibly.run(thread::join);
  }

  // ---- the store's thread ----

  private void run() {
    Throwable end = null;
    try {
      for (List<Request> taken = take(); !taken.isEmpty(); taken = take()) {
        serve(taken);
      }
    } catch (RuntimeException | Error broken) {
      end = broken;
      LOG.log(Level.ERROR, "the registry's store ends: " + broken, broken);
    } finally {
      refuseAll(end);
      shut();
    }
  }

  /** What was asked for since the last time; waits for it. Empty: the store is closed. */
  private List<Request> take() {
    synchronized (lock) {
      while (requests.isEmpty() && !closing) {
        try {
          lock.wait();
        } catch (InterruptedException nobodysThread) {
          LOG.log(Level.DEBUG, "interrupted; nobody should", nobodysThread);
        }
      }
      List<Request> taken = List.copyOf(requests);
      requests.clear();
      return taken;
    }
  }

  /** Nobody must wait for a thread that is gone. */
  private void refuseAll(Throwable end) {
    synchronized (lock) {
      closing = true;
      for (Request request : requests) {
        request.failure = end;
        request.done.countDown();
      }
      requests.clear();
    }
  }

  private void serve(List<Request> taken) {
    List<Commit> together = new ArrayList<>();
    for (Request request : taken) {
      switch (request) {
        case Reading reading -> answer(List.of(reading), () -> file.readInto(reading.found));
        case Commit commit -> together.add(commit);
      }
    }
    if (!together.isEmpty()) {
      answer(together, () -> commitAll(together));
    }
  }

  private interface FileWork {
    void run() throws IOException;
  }

  private void answer(List<? extends Request> requests, FileWork work) {
    Throwable failure = null;
    try {
      if (file == null) {
        reopen();
      }
      work.run();
    } catch (IOException | RuntimeException | Error thrown) {
      failure = thrown;
      abandon();
    }
    for (Request request : requests) {
      request.failure = failure;
      request.done.countDown();
    }
  }

  private void commitAll(List<Commit> together) throws IOException {
    for (Commit commit : together) {
      for (Change change : commit.changes) {
        byte[] before = file.get(change.key());
        undo.putIfAbsent(change.key(), before);
        file.put(change.key(), SealedRecord.seal(change));
      }
    }
    file.commit(synced);
    lastCommit.write(file.number());
    undo.clear();
    commitsSinceSnapshot += together.size();
    if (commitsSinceSnapshot >= COMMITS_PER_SNAPSHOT) {
      commitsSinceSnapshot = 0;
      writeSnapshot();
    }
  }

  /** A snapshot that cannot be written harms nobody yet: the last one stays. */
  private void writeSnapshot() {
    try {
      file.snapshot().write(folder.resolve(SNAPSHOT), synced);
    } catch (IOException | RuntimeException failure) {
      LOG.log(Level.WARNING, "the registry's snapshot was not written: " + failure, failure);
    }
  }

  private void reopen() throws IOException {
    Path path = folder.resolve(FILE);
    RegistrySnapshot snapshot = readSnapshot();
    long wanted = Math.max(lastCommit.read(), snapshot == null ? 0 : snapshot.commit());
    boolean isNew = !Files.exists(path) && snapshot == null;
    RegistryFile opened = null;
    String damage = Files.exists(path) ? null : "it is missing";
    if (isNew) {
      RegistryFile.create(path, new RegistrySnapshot(0, Map.of()), synced);
    }
    if (Files.exists(path)) {
      try {
        opened = RegistryFile.open(path);
      } catch (DamagedFileException damaged) {
        damage = damaged.getMessage();
      }
    }
    if (opened == null || opened.number() < wanted) {
      opened = replace(path, opened, snapshot, wanted, damage);
    }
    file = opened;
    if (!undo.isEmpty()) {
      undo.forEach(file::put);
      file.commit(synced);
      undo.clear();
    }
    lastCommit.write(file.number());
    writeSnapshot();
  }

  /** Null: there is none that is of use. */
  private RegistrySnapshot readSnapshot() throws IOException {
    Path path = folder.resolve(SNAPSHOT);
    if (!Files.exists(path)) {
      return null;
    }
    try {
      return RegistrySnapshot.read(path);
    } catch (DamagedFileException damaged) {
      LOG.log(Level.WARNING, "the registry's snapshot is of no use: " + damaged.getMessage());
      return null;
    }
  }

  /** The file does not have all: what is best goes into a new one. */
  private RegistryFile replace(
      Path path, RegistryFile opened, RegistrySnapshot snapshot, long wanted, String damage)
      throws IOException {
    RegistrySnapshot best = opened == null ? null : opened.snapshot();
    String from = "what can be read of it";
    if (opened != null) {
      opened.close();
    }
    if (snapshot != null && (best == null || snapshot.commit() >= best.commit())) {
      best = snapshot;
      from = "the snapshot";
    }
    if (best == null) {
      throw new IOException(path + " cannot be read and there is no snapshot: " + damage);
    }
    Path aside = folder.resolve(UNREADABLE + System.currentTimeMillis());
    if (Files.exists(path)) {
      Files.copy(path, aside);
    }
    boolean created = false;
    try {
      RegistryFile.create(path, best, synced);
      created = true;
    } finally {
      if (!created) {
        Files.deleteIfExists(aside); // it is still in its place
      }
    }
    LOG.log(
        Level.ERROR,
        "the registry''s file is damaged ({0}); a copy is {1}, and {2} is used: {3} commits are"
            + " lost",
        damage == null ? "its last part" : damage,
        aside,
        from,
        Math.max(0, wanted - best.commit()));
    try {
      return RegistryFile.open(path);
    } catch (DamagedFileException failure) {
      throw new IOException(failure.getMessage(), failure);
    }
  }

  /** After a failure nothing of what is in memory counts. */
  private void abandon() {
    if (file != null) {
      file.abandon();
      file = null;
    }
  }

  private void shut() {
    try {
      if (file == null && !undo.isEmpty()) {
        reopen(); // what was refused must not be there after a restart
      }
      if (file != null) {
        writeSnapshot();
        file.close();
      }
    } catch (IOException | RuntimeException failure) {
      // every commit that was answered is in the file already
      LOG.log(Level.WARNING, "the registry's file was not closed well: " + failure, failure);
      abandon();
    } finally {
      file = null;
      lastCommit.close();
    }
  }
}
