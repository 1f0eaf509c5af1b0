package io.ringmaster.persistence.files;

import io.ringmaster.persistence.spi.LogStore;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Log streams in files, one each: the group's and the stream's name are the path, {@code /aws/
 * lambda/NAME/yyyy/MM/dd/[version]id}. See {@link LogStore} for what it promises.
 *
 * <p>Bounded: a stream that grows beyond its limit goes on in an empty file, and what it had is
 * kept once, under its name with {@code .1}; when all files together grow beyond theirs, those that
 * were written longest ago go, until three quarters are left. Names are made safe: no name leads
 * out of the folder, and no link is followed at the end of a path.
 *
 * <p>One thread at a time, which nobody may interrupt: that would close a file.
 */
public final class FileLogStore implements LogStore {
  private static final int FILES_OPEN_MAX = 128;
  private static final String OLD = ".1";
  private static final String HEX = "0123456789ABCDEF";
  private static final String SAFE_MARKS = "-_.$[]";
  private static final int NAME_MAX = 200;

  /** A stream's file that is open. */
  private static final class Open {
    final FileChannel channel;
    long size;

    Open(FileChannel channel, long size) {
      this.channel = channel;
      this.size = size;
    }
  }

  private record Found(Path path, FileTime written, long size) {}

  private final Path root;
  private final long streamBytesMax;
  private final long bytesMax;
  private final LinkedHashMap<Path, Open> open = new LinkedHashMap<>(16, 0.75f, true);
  private long bytes;

  /** After a failure to remove files: when it is tried again. */
  private long removeBeyond;

  private IOException removalFailure;

  private FileLogStore(Path root, long streamBytesMax, long bytesMax, long bytes) {
    this.root = root;
    this.streamBytesMax = streamBytesMax;
    this.bytesMax = bytesMax;
    this.bytes = bytes;
  }

  /**
   * Opens a folder, which is made if it is not there.
   *
   * @param streamBytesMax where a stream's file is begun anew, at least 1
   * @param bytesMax what all files may have together, at least 1
   * @throws IOException the folder cannot be made or read
   */
  public static FileLogStore open(Path folder, long streamBytesMax, long bytesMax)
      throws IOException {
    Path root = makeFolder(folder).toRealPath();
    long bytes = 0;
    for (Found found : find(root)) {
      bytes += found.size;
    }
    return new FileLogStore(root, streamBytesMax, bytesMax, bytes);
  }

  @Override
  public void append(String group, String stream, byte[] source, int offset, int length)
      throws IOException {
    Path path = path(group, stream);
    Open file = open.get(path);
    if (file == null) {
      file = openFile(path);
    }
    if (file.size > 0 && file.size + length > streamBytesMax) {
      file = renew(path, file);
    }
    ByteBuffer left = ByteBuffer.wrap(source, offset, length);
    try {
      while (left.hasRemaining()) {
        int written = file.channel.write(left);
        file.size += written;
        bytes += written;
      }
    } catch (IOException e) {
      open.remove(path);
      closeQuietly(file, e);
      throw e;
    }
    if (bytes > Math.max(bytesMax, removeBeyond)) {
      makeRoom();
    }
  }

  /** What was appended is stored, whatever becomes of this; a failure is told at the end. */
  private void makeRoom() {
    try {
      removeOldest();
      removeBeyond = 0;
      removalFailure = null;
    } catch (IOException e) {
      removalFailure = e;
      removeBeyond = bytes + Math.max(1, bytesMax / 16);
    }
  }

  private static void closeQuietly(Open file, IOException failure) {
    try {
      file.channel.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private Open openFile(Path path) throws IOException {
    makeFolder(path.getParent());
    if (open.size() >= FILES_OPEN_MAX) {
      Map.Entry<Path, Open> eldest = open.entrySet().iterator().next();
      open.remove(eldest.getKey());
      eldest.getValue().channel.close();
    }
    FileChannel channel =
        FileChannel.open(
            path,
            StandardOpenOption.CREATE,
            StandardOpenOption.WRITE,
            StandardOpenOption.APPEND,
            LinkOption.NOFOLLOW_LINKS);
    Open file = new Open(channel, channel.size());
    open.put(path, file);
    return file;
  }

  private Open renew(Path path, Open file) throws IOException {
    open.remove(path);
    file.channel.close();
    Path old = path.resolveSibling(path.getFileName() + OLD);
    if (Files.isRegularFile(old, LinkOption.NOFOLLOW_LINKS)) {
      bytes -= Files.size(old);
    }
    Files.move(path, old, StandardCopyOption.REPLACE_EXISTING);
    return openFile(path);
  }

  /** The files that were written longest ago go, and folders that are empty then. */
  private void removeOldest() throws IOException {
    List<Found> all = find(root);
    all.sort(Comparator.comparing(Found::written));
    long left = 0;
    for (Found found : all) {
      left += found.size;
    }
    long wanted = bytesMax - bytesMax / 4;
    for (Found found : all) {
      if (left <= wanted) {
        break;
      }
      Open file = open.remove(found.path);
      if (file != null) {
        file.channel.close();
      }
      Files.deleteIfExists(found.path);
      left -= found.size;
      removeEmptyFolders(found.path.getParent());
    }
    bytes = left;
  }

  private void removeEmptyFolders(Path from) throws IOException {
    for (Path folder = from; !folder.equals(root); folder = folder.getParent()) {
      try (var content = Files.newDirectoryStream(folder)) {
        if (content.iterator().hasNext()) {
          return;
        }
      }
      Files.deleteIfExists(folder);
    }
  }

  private static List<Found> find(Path root) throws IOException {
    List<Found> all = new ArrayList<>();
    Files.walkFileTree(root, new Finder(root, all));
    return all;
  }

  /** Looks at everything below a folder that it may look at. */
  static final class Finder extends SimpleFileVisitor<Path> {
    private final Path root;
    private final List<Found> all;

    private Finder(Path root, List<Found> all) {
      this.root = root;
      this.all = all;
    }

    /** For what is below that folder. */
    Finder(Path root) {
      this(root, new ArrayList<>());
    }

    @Override
    public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) {
      if (attributes.isRegularFile()) {
        all.add(new Found(file, attributes.lastModifiedTime(), attributes.size()));
      }
      return FileVisitResult.CONTINUE;
    }

    /** The operator removed it meanwhile, or it is not ours, such as {@code lost+found}. */
    @Override
    public FileVisitResult visitFileFailed(Path file, IOException failure) throws IOException {
      boolean foreign = failure instanceof AccessDeniedException && !file.equals(root);
      if (foreign || failure instanceof NoSuchFileException) {
        return FileVisitResult.CONTINUE;
      }
      throw failure;
    }
  }

  private static Path makeFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder, LinkOption.NOFOLLOW_LINKS)) {
      return folder;
    }
    return Files.createDirectories(
        folder, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
  }

  // ---- names ----

  private Path path(String group, String stream) {
    Path path = root;
    for (String name : (group + "/" + stream).split("/")) {
      if (!name.isEmpty()) {
        path = path.resolve(safe(name));
      }
    }
    return path.equals(root) ? root.resolve("%") : path;
  }

  /**
   * A file's name for a part of a stream's name: letters, digits and a few marks stay, each other
   * byte becomes its number in hexadecimal; so no two names become one, unless they are longer than
   * 200 bytes.
   */
  private static String safe(String name) {
    StringBuilder safe = new StringBuilder();
    boolean dots = name.chars().allMatch(c -> c == '.');
    for (byte b : name.getBytes(StandardCharsets.UTF_8)) {
      char c = (char) (b & 0xff);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9';
      if (letter || !dots && c != 0 && SAFE_MARKS.indexOf(c) >= 0) {
        safe.append(c);
      } else {
        safe.append('%').append(HEX.charAt(c >> 4)).append(HEX.charAt(c & 15));
      }
    }
    if (safe.length() > NAME_MAX || safe.toString().endsWith(OLD)) {
      return safe.substring(0, Math.min(safe.length(), NAME_MAX))
          + "%"
          + Integer.toHexString(name.hashCode());
    }
    return safe.toString();
  }

  @Override
  public void close() throws IOException {
    IOException failure = removalFailure;
    for (Open file : open.values()) {
      try {
        file.channel.close();
      } catch (IOException e) {
        failure = e;
      }
    }
    open.clear();
    if (failure != null) {
      throw failure;
    }
  }
}
