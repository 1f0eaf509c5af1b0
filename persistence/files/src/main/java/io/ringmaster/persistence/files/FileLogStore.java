package io.ringmaster.persistence.files;

import io.ringmaster.persistence.spi.LogCursor;
import io.ringmaster.persistence.spi.LogStore;
import java.io.IOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;

/**
 * Log streams in files, plain text to be read with any tool: the group's and the stream's name are
 * the path, {@code /aws/lambda/NAME/yyyy/MM/dd/[version]id}; {@link LogNames} has the files beside.
 * See {@link LogStore} for what it promises.
 *
 * <p>Bounded: a stream goes on in another part when one has its size or is a day old, and its old
 * parts together have no more than that size; a group has a quarter of what all may have, so that
 * who prints without end removes its own lines; when all together grow beyond their bound, those
 * that were written longest ago go, until three quarters are left. No link is followed at the end
 * of a path.
 *
 * <p>Appends come from one thread, which nobody may interrupt: that would close a file. Any thread
 * reads in files of its own, and may remove, which waits for an append.
 */
public final class FileLogStore implements LogStore {
  private static final int PARTS_OPEN_MAX = 128;
  private static final int GROUP_SHARE = 4;
  private static final long PART_AGE_MS = TimeUnit.DAYS.toMillis(1);
  private static final long DAY_MS = TimeUnit.DAYS.toMillis(1);

  /** So much longer a part may become for the end of its last line. */
  private static final int LINE_END_BYTES = LogCursor.LINE_BYTES_MAX;

  private static final byte[] NEWLINE = {'\n'};

  private record Key(String group, String stream) {}

  private final Path root;
  private final Limits limits;
  private final ReentrantLock lock = new ReentrantLock();

  // With the lock.
  private final LinkedHashMap<Key, LogPart> open = new LinkedHashMap<>(16, 0.75f, true);
  private final TreeMap<String, LogGroup> groups = new TreeMap<>();
  private final Map<Path, LogGroup> byFolder = new HashMap<>();
  private final Map<Long, LogGroup> byMark = new HashMap<>();

  private final StreamEnds ends = new StreamEnds();

  private long bytes;

  /** After a failure to remove files: when it is tried again. */
  private long removeBeyond;

  private IOException removalFailure;

  private volatile Listener listener;

  /**
   * How much is kept.
   *
   * @param streamBytesMax where a stream goes on in another part, at least 1
   * @param bytesMax what all files may have together, at least 1
   * @param retentionDays how long lines of groups that say nothing are kept; 0: until their room is
   *     needed
   * @param blockBytes each file counts as so many, or a multiple of it, at least 1
   */
  public record Limits(long streamBytesMax, long bytesMax, int retentionDays, int blockBytes) {
    private static final int BLOCK = 4096;
    private static final long STREAM_LEAST = 64L << 10;
    private static final long STREAM_MOST = 64L << 20;

    /** Streams have parts that are small beside what all and what one group may have. */
    public static Limits of(long bytesMax, int retentionDays) {
      return new Limits(
          Math.clamp(bytesMax / 32, STREAM_LEAST, STREAM_MOST), bytesMax, retentionDays, BLOCK);
    }

    private long room(long bytes) {
      return (bytes + blockBytes - 1) / blockBytes * blockBytes;
    }

    private long groupBytesMax() {
      return Math.max(1, bytesMax / GROUP_SHARE);
    }
  }

  private FileLogStore(Path root, Limits limits) {
    this.root = root;
    this.limits = limits;
  }

  /**
   * Opens a folder, which is made if it is not there.
   *
   * @throws IOException the folder cannot be made or read
   */
  public static FileLogStore open(Path folder, Limits limits) throws IOException {
    FileLogStore store = new FileLogStore(LogFiles.make(folder).toRealPath(), limits);
    store.find();
    return store;
  }

  private void find() throws IOException {
    LogFiles files = LogFiles.below(root);
    for (Path folder : files.folders) {
      LogGroup group = LogGroup.read(folder);
      if (group != null && LogNames.groups(root, group.name).contains(folder)) {
        add(group);
      }
    }
    for (LogFiles.Found found : files.parts) {
      long stored = stored(found);
      bytes += stored;
      LogGroup group = groupOf(found);
      if (group != null) {
        group.bytes += stored;
      }
      ends.found(found.path());
    }
  }

  private void add(LogGroup group) {
    groups.put(group.name, group);
    byFolder.put(group.folder, group);
    byMark.put(group.mark(), group);
  }

  /** Null: none. */
  private LogGroup groupOf(LogFiles.Found found) throws IOException {
    LogTimes.Begin begin = found.nested() ? LogTimes.begin(found.path()) : null;
    return begin == null ? byFolder.get(found.folder()) : byMark.get(begin.groupMark());
  }

  /** Where a group is, or would be: two names may want the same folder. */
  private Path folder(String name) {
    LogGroup known = groups.get(name);
    if (known != null) {
      return known.folder;
    }
    List<Path> folders = LogNames.groups(root, name);
    return folders.get(byFolder.containsKey(folders.get(0)) ? 1 : 0);
  }

  // ---- append ----

  @Override
  public void append(
      String group, String stream, long epochMs, byte[] source, int offset, int length)
      throws IOException {
    lock.lock();
    try {
      int begin = 0;
      if (ends.isAnyBeheaded()) {
        Path path = LogNames.below(folder(group), stream);
        begin = ends.endOfRemoved(path, source, offset, length);
      }
      if (begin < length) {
        append(new Key(group, stream), epochMs, source, offset + begin, length - begin);
      }
    } finally {
      lock.unlock();
    }
    Listener hears = listener;
    if (hears != null) {
      hears.appended(group, stream);
    }
  }

  private void append(Key key, long epochMs, byte[] source, int offset, int length)
      throws IOException {
    LogPart part = open.get(key);
    if (part == null) {
      part = openPart(key, group(key.group, epochMs));
    }
    int done = 0;
    if (part.size() > 0 && isFull(part, epochMs, length)) {
      int lineEnd = part.lineStart() ? 0 : LogPart.lineEnd(source, offset, length);
      if (lineEnd >= 0 && part.size() + lineEnd <= limits.streamBytesMax + LINE_END_BYTES) {
        write(key, part, epochMs, source, offset, lineEnd);
        done = lineEnd;
        part = done < length ? renew(key, part) : part;
      } else if (part.size() + length > limits.streamBytesMax + LINE_END_BYTES) {
        if (!part.lineStart()) { // a piece of a long line ends here
          done = LogPart.characterEnd(source, offset, length);
          write(key, part, epochMs, source, offset, done);
          write(key, part, epochMs, NEWLINE, 0, NEWLINE.length);
        }
        part = done < length ? renew(key, part) : part;
      }
    }
    write(key, part, epochMs, source, offset + done, length - done);
    keepBounds(part);
  }

  /** A part that alone has more than its group may have is left behind, so that it can go. */
  private boolean isFull(LogPart part, long epochMs, int length) {
    return part.size() + length > limits.streamBytesMax
        || epochMs - part.firstMs() >= PART_AGE_MS
        || part.group.bytes > limits.groupBytesMax() && removalFailure == null;
  }

  private void write(Key key, LogPart part, long epochMs, byte[] source, int offset, int length)
      throws IOException {
    long before = stored(part);
    try {
      part.append(epochMs, source, offset, length);
    } catch (IOException e) {
      open.remove(key);
      ends.closed(part);
      closeAfter(e, part);
      throw e;
    } finally {
      count(part.group, stored(part) - before);
    }
  }

  private void count(LogGroup group, long more) {
    bytes += more;
    group.bytes += more;
  }

  private static void closeAfter(IOException failure, LogPart part) {
    try {
      part.close();
    } catch (IOException e) {
      failure.addSuppressed(e);
    }
  }

  private LogGroup group(String name, long epochMs) throws IOException {
    LogGroup group = groups.get(name);
    if (group == null || !Files.isDirectory(group.folder, LinkOption.NOFOLLOW_LINKS)) {
      Path folder = LogFiles.make(folder(name));
      group = LogGroup.create(name, folder, epochMs);
      add(group);
    }
    return group;
  }

  private LogPart openPart(Key key, LogGroup group) throws IOException {
    Path stream = LogNames.below(group.folder, key.stream);
    LogFiles.make(stream.getParent());
    if (open.size() >= PARTS_OPEN_MAX) {
      Map.Entry<Key, LogPart> eldest = open.entrySet().iterator().next();
      open.remove(eldest.getKey());
      ends.closed(eldest.getValue());
      eldest.getValue().close();
    }
    return openPart(key, group, ends.present(stream));
  }

  private LogPart openPart(Key key, LogGroup group, Path path) throws IOException {
    long before = Files.exists(path) ? stored(path, Files.size(path)) : 0;
    LogPart part = LogPart.open(path, group, !ends.isUnfinished(path));
    open.put(key, part);
    count(group, stored(part) - before);
    return part;
  }

  private long stored(LogPart part) {
    return limits.room(part.size()) + limits.room(part.timesEnd());
  }

  private long stored(LogFiles.Found found) throws IOException {
    return stored(found.path(), found.size());
  }

  /** What a part and its times have on disk. */
  private long stored(Path part, long size) throws IOException {
    Path times = LogNames.times(part);
    return limits.room(size) + (Files.exists(times) ? limits.room(Files.size(times)) : 0);
  }

  /** The stream goes on in a new part; the oldest ones go when they have too much. */
  private LogPart renew(Key key, LogPart full) throws IOException {
    open.remove(key);
    full.close();
    Path stream = LogNames.stream(full.path);
    int number = LogNames.number(full.path);
    long kept = stored(full);
    for (int old = number - 1; old >= 0; old--) {
      Path path = LogNames.part(stream, old);
      if (!Files.isRegularFile(path, LinkOption.NOFOLLOW_LINKS)) {
        break;
      }
      long stored = stored(path, Files.size(path));
      kept += stored;
      if (kept > limits.streamBytesMax) {
        removePart(path, full.group, stored);
      }
    }
    ends.found(LogNames.part(stream, number + 1));
    return openPart(key, full.group, ends.present(stream));
  }

  // ---- bounds ----

  /** What was appended is stored, whatever becomes of this; a failure is told at the end. */
  private void keepBounds(LogPart written) {
    LogGroup group = written.group;
    long share = limits.groupBytesMax();
    boolean shareIsUsed = group.bytes > share;
    if (bytes <= limits.bytesMax && !shareIsUsed || bytes <= removeBeyond) {
      return;
    }
    try {
      if (shareIsUsed) {
        group.bytes = removeOldest(parts(group), share - share / 4, written);
      }
      if (bytes > limits.bytesMax) {
        long wanted = limits.bytesMax - limits.bytesMax / 4;
        List<LogFiles.Found> all = LogFiles.below(root).parts;
        ends.keep(all);
        bytes = removeOldest(all, wanted, written);
      }
      removeBeyond = 0;
      removalFailure = null;
    } catch (IOException e) {
      removalFailure = e;
      removeBeyond = bytes + Math.max(1, limits.bytesMax / 16);
    }
  }

  /** A group's own parts; those are looked into that may be another's, since the two overlap. */
  private List<LogFiles.Found> parts(LogGroup group) throws IOException {
    boolean below = false;
    for (Path at = group.folder; !at.equals(root) && !below; ) {
      at = at.getParent();
      below = byFolder.containsKey(at);
    }
    boolean overlaps = below;
    List<LogFiles.Found> parts = new ArrayList<>(LogFiles.below(group.folder).parts);
    parts.removeIf(found -> (overlaps || found.nested()) && !group.has(found));
    return parts;
  }

  /** The parts that were written longest ago go, but for one; answers what is left. */
  private long removeOldest(List<LogFiles.Found> all, long wanted, LogPart spared)
      throws IOException {
    all.sort(Comparator.comparing(LogFiles.Found::writtenMs));
    long left = 0;
    for (LogFiles.Found found : all) {
      left += stored(found);
    }
    for (LogFiles.Found found : all) {
      if (left <= wanted) {
        break;
      }
      left -= found.path().equals(spared.path) ? 0 : remove(found);
    }
    return left;
  }

  /** Answers what it had on disk. */
  private long remove(LogFiles.Found found) throws IOException {
    long stored = stored(found);
    leave(found.path());
    removePart(found.path(), groupOf(found), stored);
    removeEmptyFolders(found.path().getParent());
    return stored;
  }

  private void removePart(Path path, LogGroup group, long stored) throws IOException {
    boolean there = Files.deleteIfExists(path);
    Files.deleteIfExists(LogNames.times(path));
    if (!there) {
      return; // and was counted when it was removed
    }
    bytes -= stored;
    if (group != null) {
      group.bytes -= stored;
    }
  }

  /** A part is about to be removed. */
  private void leave(Path path) throws IOException {
    boolean written = false;
    boolean inLine = false;
    for (LogPart part : List.copyOf(open.values())) {
      if (part.path.equals(path)) {
        written = true;
        inLine = !part.lineStart();
        open.values().remove(part);
        part.close();
      }
    }
    ends.removed(path, written, inLine);
  }

  /** How much is remembered of streams that are not open. */
  int remembered() {
    lock.lock();
    try {
      return ends.size();
    } finally {
      lock.unlock();
    }
  }

  private void closeParts(Predicate<LogPart> which) throws IOException {
    List<LogPart> all = new ArrayList<>(open.values());
    all.removeIf(which.negate());
    open.values().removeAll(all);
    for (LogPart part : all) {
      part.close();
    }
  }

  /** Up to the group's folder, which stays for what it says. */
  private void removeEmptyFolders(Path from) throws IOException {
    for (Path folder = from; !folder.equals(root); folder = folder.getParent()) {
      try {
        Files.deleteIfExists(folder);
      } catch (DirectoryNotEmptyException e) {
        return;
      }
    }
  }

  @Override
  public void expire(long nowMs) throws IOException {
    if (limits.retentionDays == 0 && groups().stream().allMatch(g -> g.retentionDays() == 0)) {
      return;
    }
    LogFiles files = LogFiles.below(root);
    IOException failure = null;
    lock.lock();
    try {
      ends.keep(files.parts);
      for (LogFiles.Found found : files.parts) {
        try {
          LogGroup group = groupOf(found);
          int own = group == null ? 0 : group.days();
          long days = own > 0 ? own : limits.retentionDays;
          if (days > 0 && nowMs - found.writtenMs() > days * DAY_MS) {
            remove(found);
          }
        } catch (IOException e) {
          failure = failure == null ? e : failure; // the others go all the same
        }
      }
    } finally {
      lock.unlock();
    }
    if (failure != null) {
      throw failure;
    }
  }

  // ---- read ----

  @Override
  public List<Group> groups() {
    lock.lock();
    try {
      return groups.values().stream()
          .map(group -> new Group(group.name, group.createdMs, group.days(), group.bytes))
          .toList();
    } finally {
      lock.unlock();
    }
  }

  private LogGroup known(String name) {
    lock.lock();
    try {
      return groups.get(name);
    } finally {
      lock.unlock();
    }
  }

  @Override
  public List<Stream> streams(String name, long fromMs) throws IOException {
    LogGroup group = known(name);
    return group == null ? List.of() : LogListing.of(group, fromMs);
  }

  @Override
  public LogCursor open(String group, String stream, long fromMs, long place) {
    lock.lock();
    try {
      return new FileLogCursor(LogNames.below(folder(group), stream), fromMs, place);
    } finally {
      lock.unlock();
    }
  }

  // ---- groups ----

  @Override
  public boolean retain(String name, int days) throws IOException {
    if (days < 0 || days > LogGroup.DAYS_MAX) {
      throw new IllegalArgumentException("days is " + days + "; it must be 0 to 3653");
    }
    lock.lock();
    try {
      LogGroup group = groups.get(name);
      if (group != null) {
        group.retain(days);
      }
      return group != null;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public boolean delete(String name) throws IOException {
    lock.lock();
    try {
      LogGroup group = groups.get(name);
      if (group == null) {
        return false;
      }
      for (LogFiles.Found found : parts(group)) {
        leave(found.path());
        removePart(found.path(), null, stored(found));
        removeEmptyFolders(found.path().getParent());
      }
      Files.deleteIfExists(group.folder.resolve(LogNames.GROUP));
      removeEmptyFolders(group.folder);
      closeParts(part -> part.group == group);
      groups.remove(name);
      byFolder.remove(group.folder);
      byMark.remove(group.mark());
      return true;
    } finally {
      lock.unlock();
    }
  }

  @Override
  public void listen(Listener hears) {
    listener = hears;
  }

  @Override
  public void close() throws IOException {
    lock.lock();
    try {
      IOException failure = removalFailure;
      for (LogPart part : open.values()) {
        try {
          part.close();
        } catch (IOException e) {
          failure = e;
        }
      }
      open.clear();
      if (failure != null) {
        throw failure;
      }
    } finally {
      lock.unlock();
    }
  }
}
