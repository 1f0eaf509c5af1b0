package io.ringmaster.persistence.files;

import io.ringmaster.persistence.spi.CodeRefusedException;
import io.ringmaster.persistence.spi.CodeRefusedException.Reason;
import io.ringmaster.persistence.spi.CodeStore;
import io.ringmaster.persistence.spi.StoredCode;
import java.io.IOException;
import java.io.InputStream;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Collection;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.LongSupplier;
import java.util.stream.Stream;

/**
 * Deployment packages in a folder, one folder each, named by hash. See {@link CodeStore} for what
 * it promises.
 *
 * <p>A package is written into {@code .new-N}, synced, made read-only and renamed to its key: a
 * folder with a key as its name is complete, whenever the machine stops. One that goes is renamed
 * to {@code .old-N} first. What is found under such names at start was left by a crash and is
 * removed. One process at a time uses the folder, held by a file lock.
 *
 * <p>Beside the folder of a package that came as an archive lies that archive, {@code KEY.zip}, as
 * it was uploaded; it is there before the folder and goes after it.
 */
public final class FileCodeStore implements CodeStore {

  /** How long the content is to last. */
  public enum Lifetime {
    /** It survives the process and a power cut: everything is synced. */
    LASTING,
    /** It goes with the store: nothing is synced, and {@link #close} removes the whole folder. */
    UNTIL_CLOSE
  }

  private static final int ZIP_BYTES_LIMIT = 52_428_800;
  private static final String LOCK_FILE = ".lock";
  private static final String COMING = ".new-";
  private static final String GOING = ".old-";
  private static final String ARCHIVE = ".zip";
  private static final int KEY_LENGTH = 64;

  /**
   * Folders of this JVM's stores. Their lock files must not be opened again: the kernel's locks are
   * the process's, and closing any descriptor of the file gives them back.
   */
  private static final Set<Path> OURS = ConcurrentHashMap.newKeySet();

  /** What is known of one key; guarded by the store. */
  private static final class Holding {
    int references;
    boolean leftover;
    long freeSinceNs;
  }

  private final Path root;
  private final Lifetime lifetime;
  private final long graceNs;
  private final LongSupplier clockNs;
  private final FileChannel lockChannel;
  private final FileLock lock;
  private final AtomicLong names = new AtomicLong();
  private final Map<String, Holding> holdings = new HashMap<>();
  private boolean leftoversMayGo;
  private boolean closed;

  private FileCodeStore(
      Path root,
      Lifetime lifetime,
      long graceNs,
      LongSupplier clockNs,
      FileChannel lockChannel,
      FileLock lock) {
    this.root = root;
    this.lifetime = lifetime;
    this.graceNs = graceNs;
    this.clockNs = clockNs;
    this.lockChannel = lockChannel;
    this.lock = lock;
  }

  /**
   * Opens the store, creating the folder if it is not there.
   *
   * @param folder the store's own folder
   * @param lifetime how long the content is to last
   * @param graceNs how long a package without references stays, in nanoseconds, ≥ 0: longer than a
   *     process may still run its code
   * @param clockNs the present in nanoseconds, as {@link System#nanoTime()}
   * @throws FileSystemException another engine uses the folder
   * @throws IOException the folder cannot be used
   */
  public static FileCodeStore open(
      Path folder, Lifetime lifetime, long graceNs, LongSupplier clockNs) throws IOException {
    LastingFolders.create(folder);
    Path root = folder.toRealPath();
    if (!OURS.add(root)) {
      throw inUse(root);
    }
    boolean opened = false;
    FileChannel channel = null;
    try {
      channel =
          FileChannel.open(
              root.resolve(LOCK_FILE), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
      FileLock lock = tryLock(channel);
      if (lock == null) {
        throw inUse(root);
      }
      FileCodeStore store = new FileCodeStore(root, lifetime, graceNs, clockNs, channel, lock);
      store.takeStock();
      opened = true;
      return store;
    } finally {
      if (!opened) {
        if (channel != null) {
          channel.close();
        }
        OURS.remove(root);
      }
    }
  }

  private static FileLock tryLock(FileChannel channel) throws IOException {
    try {
      return channel.tryLock();
    } catch (OverlappingFileLockException sameProcess) {
      return null;
    }
  }

  private static FileSystemException inUse(Path root) {
    return new FileSystemException(root.toString(), null, "in use by another engine");
  }

  private void takeStock() throws IOException {
    List<Path> archives = new ArrayList<>();
    try (DirectoryStream<Path> content = Files.newDirectoryStream(root)) {
      for (Path path : content) {
        String name = path.getFileName().toString();
        if (name.startsWith(COMING) || name.startsWith(GOING)) {
          PackageFolder.delete(path);
        } else if (isKey(name)) {
          Holding holding = new Holding();
          holding.leftover = true;
          holdings.put(name, holding);
        } else if (name.endsWith(ARCHIVE)) {
          archives.add(path);
        }
      }
    }
    for (Path archive : archives) {
      String name = archive.getFileName().toString();
      if (!holdings.containsKey(name.substring(0, name.length() - ARCHIVE.length()))) {
        Files.delete(archive); // a crash left it
      }
    }
  }

  private static boolean isKey(String name) {
    return name.length() == KEY_LENGTH
        && name.chars().allMatch(c -> c >= '0' && c <= '9' || c >= 'a' && c <= 'f');
  }

  @Override
  public StoredCode putZip(byte[] zip) throws CodeRefusedException, IOException {
    if (zip.length >= ZIP_BYTES_LIMIT) {
      throw new CodeRefusedException(
          Reason.ZIPPED_TOO_LARGE, "an archive of " + zip.length + " bytes");
    }
    if (zip.length == 0) {
      throw new CodeRefusedException(Reason.EMPTY, "no bytes");
    }
    byte[] hash = Hashes.sha256().digest(zip);
    String key = hex(hash);
    if (!retainIfStored(key)) {
      Path coming = newPath();
      write(ZipPackage.read(zip), coming);
      install(key, coming, writeArchive(zip, coming));
    } else if (!Files.exists(archive(key))) { // its content was put before it in another form
      Files.move(writeArchive(zip, null), archive(key), StandardCopyOption.ATOMIC_MOVE);
    }
    return stored(hash, zip.length);
  }

  /** Writes the archive as it came; if that fails, what it was unpacked to goes, too. */
  private Path writeArchive(byte[] zip, Path unpacked) throws IOException {
    Path coming = newPath();
    boolean written = false;
    try {
      PackageArchive.write(zip, coming, lifetime == Lifetime.LASTING);
      written = true;
      return coming;
    } finally {
      if (!written) {
        Files.deleteIfExists(coming);
        if (unpacked != null) {
          PackageFolder.delete(unpacked);
        }
      }
    }
  }

  private Path newPath() {
    return root.resolve(COMING + names.incrementAndGet());
  }

  private Path archive(String key) {
    return root.resolve(key + ARCHIVE);
  }

  @Override
  public InputStream openZip(String key) throws IOException {
    Path archive = archive(key);
    return Files.exists(archive)
        ? Files.newInputStream(archive)
        : PackageArchive.open(root.resolve(key), newPath());
  }

  @Override
  public void copyTo(Path folder, Collection<String> keys) throws IOException {
    Files.createDirectories(folder);
    for (String key : keys) {
      if (!Files.exists(folder.resolve(key))) {
        PackageCopy.of(root.resolve(key), folder.resolve(key));
        if (Files.exists(archive(key))) {
          PackageCopy.ofFile(archive(key), folder.resolve(key + ARCHIVE));
        }
      }
    }
    PackageFolder.sync(folder);
  }

  @Override
  public StoredCode putFolder(Path folder) throws CodeRefusedException, IOException {
    return putTree(SourceFolder.read(folder));
  }

  @Override
  public StoredCode putFiles(Map<String, byte[]> files) throws CodeRefusedException, IOException {
    PackageTree tree = new PackageTree();
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      byte[] bytes = file.getValue();
      tree.addFile(file.getKey(), isProgram(bytes), bytes.length, out -> out.write(bytes));
    }
    return putTree(tree);
  }

  /**
   * Files given as bytes have no mode: a script with an interpreter line and an ELF file may be
   * executed.
   */
  private static boolean isProgram(byte[] bytes) {
    return startsWith(bytes, '#', '!') || startsWith(bytes, 0x7F, 'E', 'L', 'F');
  }

  private static boolean startsWith(byte[] bytes, int... wanted) {
    for (int i = 0; i < wanted.length; i++) {
      if (i >= bytes.length || bytes[i] != wanted[i]) {
        return false;
      }
    }
    return true;
  }

  private StoredCode putTree(PackageTree tree) throws CodeRefusedException, IOException {
    Path coming = newPath();
    byte[] hash = write(tree, coming);
    install(hex(hash), coming, null);
    return stored(hash, tree.totalBytes());
  }

  @Override
  public StoredCode putMerged(List<String> keys) throws CodeRefusedException, IOException {
    MessageDigest all = Hashes.sha256();
    all.update("ringmaster layers 1\n".getBytes(StandardCharsets.UTF_8));
    keys.forEach(key -> all.update((key + "\n").getBytes(StandardCharsets.UTF_8)));
    byte[] hash = all.digest();
    if (!retainIfStored(hex(hash))) {
      PackageTree tree = new PackageTree();
      for (String key : keys) {
        tree.overlay(SourceFolder.read(root.resolve(key)));
      }
      Path coming = newPath();
      write(tree, coming);
      install(hex(hash), coming, null);
    }
    return stored(hash, unpackedBytes(hex(hash)));
  }

  @Override
  public long unpackedBytes(String key) throws IOException {
    try (Stream<Path> files = Files.walk(root.resolve(key))) {
      long sum = 0;
      for (Path file : (Iterable<Path>) files::iterator) {
        BasicFileAttributes attributes =
            Files.readAttributes(file, BasicFileAttributes.class, LinkOption.NOFOLLOW_LINKS);
        sum += attributes.isRegularFile() ? attributes.size() : 0;
      }
      return sum;
    }
  }

  @Override
  public Path folder(String key) {
    return root.resolve(key);
  }

  private byte[] write(PackageTree tree, Path coming) throws CodeRefusedException, IOException {
    requireOpen();
    var nodes = tree.seal();
    boolean written = false;
    try {
      byte[] hash = PackageFolder.write(nodes, coming, lifetime == Lifetime.LASTING);
      written = true;
      return hash;
    } finally {
      if (!written) {
        PackageFolder.delete(coming);
      }
    }
  }

  private StoredCode stored(byte[] hash, long sizeBytes) {
    String key = hex(hash);
    return new StoredCode(
        key, Base64.getEncoder().encodeToString(hash), sizeBytes, root.resolve(key));
  }

  private static String hex(byte[] hash) {
    return HexFormat.of().formatHex(hash);
  }

  private synchronized void requireOpen() {
    if (closed) {
      throw new IllegalStateException("the code store is closed");
    }
  }

  private synchronized boolean retainIfStored(String key) {
    requireOpen();
    Holding holding = holdings.get(key);
    if (holding != null) {
      holding.references++;
    }
    return holding != null;
  }

  /**
   * Gives the written folder its name, unless somebody was faster; one reference is the caller's.
   *
   * @param archive what it was unpacked from, given its name first; null: nothing
   */
  private void install(String key, Path coming, Path archive) throws IOException {
    boolean installed = false;
    Path lies = coming;
    try {
      synchronized (this) {
        if (!retainIfStored(key)) {
          if (archive != null) {
            Files.move(archive, archive(key), StandardCopyOption.ATOMIC_MOVE);
          }
          Files.move(coming, root.resolve(key), StandardCopyOption.ATOMIC_MOVE);
          lies = root.resolve(key);
          if (lifetime == Lifetime.LASTING) {
            PackageFolder.sync(root); // before anybody else may count on it
          }
          Holding holding = new Holding();
          holding.references = 1;
          holdings.put(key, holding);
          installed = true;
        }
      }
    } finally {
      if (!installed) {
        PackageFolder.delete(lies);
        if (archive != null) {
          Files.deleteIfExists(archive);
        }
      }
    }
  }

  @Override
  public void retain(String key) {
    if (!retainIfStored(key)) {
      throw new IllegalStateException("no package " + key);
    }
  }

  @Override
  public synchronized void release(String key) {
    Holding holding = holdings.get(key);
    if (holding == null || holding.references == 0) {
      throw new IllegalStateException("no reference to package " + key);
    }
    if (--holding.references == 0) {
      holding.leftover = false;
      holding.freeSinceNs = clockNs.getAsLong();
    }
  }

  @Override
  public synchronized boolean isStored(String key) {
    return holdings.containsKey(key);
  }

  @Override
  public synchronized void forgetLeftovers() {
    leftoversMayGo = true;
  }

  @Override
  public int collect() throws IOException {
    return remove(false);
  }

  private int remove(boolean withoutGrace) throws IOException {
    List<Path> going = new ArrayList<>();
    synchronized (this) {
      long nowNs = clockNs.getAsLong();
      var all = holdings.entrySet().iterator();
      while (all.hasNext()) {
        var entry = all.next();
        Holding holding = entry.getValue();
        boolean due =
            holding.leftover
                ? leftoversMayGo
                : withoutGrace || nowNs - holding.freeSinceNs >= graceNs;
        if (holding.references == 0 && due) {
          Path to = root.resolve(GOING + names.incrementAndGet());
          Files.move(root.resolve(entry.getKey()), to, StandardCopyOption.ATOMIC_MOVE);
          Files.deleteIfExists(archive(entry.getKey()));
          all.remove();
          going.add(to);
        }
      }
    }
    for (Path path : going) {
      PackageFolder.delete(path);
    }
    return going.size();
  }

  @Override
  public void close() throws IOException {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    try {
      if (lifetime == Lifetime.UNTIL_CLOSE) {
        PackageFolder.delete(root);
      } else {
        remove(true);
      }
    } finally {
      lock.release();
      lockChannel.close();
      OURS.remove(root);
    }
  }
}
