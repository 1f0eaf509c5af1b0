package io.ringmaster.persistence.files;

import static io.ringmaster.persistence.files.PackageTree.quoted;
import static io.ringmaster.persistence.files.PackageTree.refused;

import io.ringmaster.persistence.spi.CodeRefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.CRC32;
import java.util.zip.DataFormatException;
import java.util.zip.Inflater;

/**
 * Reads a zip archive that may be hostile.
 *
 * <p>Stricter than most readers, because an archive that two readers understand differently is an
 * attack: the central directory alone says what there is; it ends exactly where the end record
 * begins; each local header must agree with it; contents are stored or deflated, not encrypted,
 * exactly as long as declared, and have the right checksum. All sizes are checked before the first
 * byte is written. Format: PKWARE APPNOTE 6.3.10, ZIP64 included.
 *
 * <p>Names that are not UTF-8 are read as code page 437, as the format wants where the UTF-8 flag
 * is not set; with the flag they are refused. Of the Unix mode only what kind of entry it is and
 * whether it may be executed is taken: set-uid, set-gid, sticky and write bits are dropped.
 */
final class ZipPackage {
  private static final int END_SIGNATURE = 0x06054b50;
  private static final int END_BYTES = 22;
  private static final int END64_SIGNATURE = 0x06064b50;
  private static final int END64_BYTES = 56;
  private static final int LOCATOR64_SIGNATURE = 0x07064b50;
  private static final int LOCATOR64_BYTES = 20;
  private static final int CENTRAL_SIGNATURE = 0x02014b50;
  private static final int CENTRAL_BYTES = 46;
  private static final int LOCAL_SIGNATURE = 0x04034b50;
  private static final int LOCAL_BYTES = 30;
  private static final int COMMENT_MAX = 0xFFFF;
  private static final long UNSET32 = 0xFFFFFFFFL;
  private static final int STORED = 0;
  private static final int DEFLATED = 8;
  private static final int FLAG_ENCRYPTED = 1;
  private static final int FLAG_STRONG_ENCRYPTION = 1 << 6;
  private static final int FLAG_UTF8 = 1 << 11;
  private static final int HOST_UNIX = 3;
  private static final int HOST_MACOS = 19;
  private static final int KIND_MASK = 0170000;
  private static final int KIND_FOLDER = 0040000;
  private static final int KIND_FILE = 0100000;
  private static final int KIND_LINK = 0120000;
  private static final int DEFLATE_RATIO_MAX = 1040;
  private static final int BUFFER_BYTES = 64 * 1024;

  /** What the central directory says of one entry. */
  private record Entry(
      String name,
      int mode,
      int method,
      long crc,
      long compressedBytes,
      long sizeBytes,
      int nameStart,
      int nameBytes,
      long at) {}

  private final byte[] zip;
  private final ByteBuffer in;
  private final PackageTree tree = new PackageTree();
  private long directoryStart;
  private long directoryEnd;
  private long entries;
  private long shift;

  private ZipPackage(byte[] zip) {
    this.zip = zip;
    this.in = ByteBuffer.wrap(zip).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** The content of an archive; it refers to the array. */
  static PackageTree read(byte[] zip) throws CodeRefusedException {
    return new ZipPackage(zip).read();
  }

  private PackageTree read() throws CodeRefusedException {
    findDirectory();
    long at = directoryStart;
    for (long i = 0; i < entries; i++) {
      at = readEntry(at);
    }
    if (at != directoryEnd) {
      throw refused("the directory does not end where it should");
    }
    return tree;
  }

  private void findDirectory() throws CodeRefusedException {
    int end = findEnd();
    entries = u16(end + 10);
    long size = u32(end + 12);
    long start = u32(end + 16);
    directoryEnd = end;
    if (u16(end + 4) != u16(end + 6) || u16(end + 8) != entries) {
      throw refused("an archive in several parts");
    }
    int locator = end - LOCATOR64_BYTES;
    if (locator >= 0 && in.getInt(locator) == LOCATOR64_SIGNATURE) {
      long end64 = in.getLong(locator + 8);
      if (end64 < 0 || end64 > locator - END64_BYTES || in.getInt((int) end64) != END64_SIGNATURE) {
        throw refused("a ZIP64 end record that is not there");
      }
      entries = either(entries, 0xFFFF, in.getLong((int) end64 + 32));
      size = either(size, UNSET32, in.getLong((int) end64 + 40));
      start = either(start, UNSET32, in.getLong((int) end64 + 48));
      directoryEnd = end64;
    }
    if (size < 0 || start < 0 || size > directoryEnd || start > directoryEnd - size) {
      throw refused("a directory outside of the archive");
    }
    directoryStart = directoryEnd - size;
    shift = directoryStart - start;
    if (entries < 0 || entries > size / CENTRAL_BYTES) {
      throw refused("more entries than the directory has room for");
    }
    if (entries > PackageTree.ENTRIES_MAX) {
      throw refused("more than " + PackageTree.ENTRIES_MAX + " entries");
    }
  }

  /** The ZIP64 value, which the short one must equal if it is set. */
  private static long either(long value, long unset, long value64) throws CodeRefusedException {
    if (value != unset && value != value64) {
      throw refused("two end records that disagree");
    }
    return value64;
  }

  private int findEnd() throws CodeRefusedException {
    int last = zip.length - END_BYTES;
    for (int at = last; at >= 0 && at >= last - COMMENT_MAX; at--) {
      if (in.getInt(at) == END_SIGNATURE && at + END_BYTES + u16(at + 20) == zip.length) {
        return at;
      }
    }
    throw refused("no end record");
  }

  private long readEntry(long where) throws CodeRefusedException {
    if (where > directoryEnd - CENTRAL_BYTES || in.getInt((int) where) != CENTRAL_SIGNATURE) {
      throw refused("a directory entry that is not there");
    }
    int at = (int) where;
    int flags = u16(at + 8);
    int nameBytes = u16(at + 28);
    int extraBytes = u16(at + 30);
    long next = where + CENTRAL_BYTES + nameBytes + extraBytes + u16(at + 32);
    if (next > directoryEnd) {
      throw refused("a directory entry that is cut off");
    }
    if ((flags & (FLAG_ENCRYPTED | FLAG_STRONG_ENCRYPTION)) != 0) {
      throw refused("an encrypted entry");
    }
    if (nameBytes > PackageTree.PATH_BYTES_MAX) {
      throw refused("a path of more than " + PackageTree.PATH_BYTES_MAX + " bytes");
    }
    int nameStart = at + CENTRAL_BYTES;
    long[] sizes = {u32(at + 24), u32(at + 20), u32(at + 42)};
    readZip64(nameStart + nameBytes, extraBytes, sizes);
    int host = zip[at + 5];
    int mode = host == HOST_UNIX || host == HOST_MACOS ? u16(at + 40) : 0;
    String name = name(nameStart, nameBytes, (flags & FLAG_UTF8) != 0);
    add(
        new Entry(
            name,
            mode,
            u16(at + 10),
            u32(at + 16),
            sizes[1],
            sizes[0],
            nameStart,
            nameBytes,
            sizes[2]));
    return next;
  }

  /** Replaces what did not fit into 32 bits: size, compressed size, place. */
  private void readZip64(int start, int length, long[] sizes) throws CodeRefusedException {
    int at = start;
    int end = start + length;
    while (end - at >= 4) {
      int id = u16(at);
      int fieldEnd = at + 4 + u16(at + 2);
      at += 4;
      if (fieldEnd > end) {
        throw refused("an extra field that is cut off");
      }
      if (id == 1) {
        for (int i = 0; i < sizes.length; i++) {
          if (sizes[i] == UNSET32 && fieldEnd - at >= 8) {
            sizes[i] = in.getLong(at);
            at += 8;
          }
        }
        return;
      }
      at = fieldEnd;
    }
  }

  private String name(int start, int length, boolean utf8) throws CodeRefusedException {
    try {
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(zip, start, length))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      if (utf8) {
        throw refused("a name that says it is UTF-8 and is not");
      }
      return new String(zip, start, length, Charset.forName("IBM437"));
    }
  }

  private void add(Entry entry) throws CodeRefusedException {
    int kind = entry.mode & KIND_MASK;
    int contentStart = checkLocal(entry);
    if (entry.name.endsWith("/") || kind == KIND_FOLDER) {
      if (entry.sizeBytes != 0 || kind != 0 && kind != KIND_FOLDER) {
        throw refused("the folder " + quoted(entry.name) + " has content");
      }
      tree.addFolder(entry.name);
    } else if (kind == KIND_LINK) {
      if (entry.sizeBytes > PackageTree.PATH_BYTES_MAX) {
        throw refused("the link " + quoted(entry.name) + " is too long");
      }
      tree.addLink(entry.name, linkTarget(entry, contentStart));
    } else if (kind == 0 || kind == KIND_FILE) {
      tree.addFile(
          entry.name,
          (entry.mode & 0111) != 0,
          entry.sizeBytes,
          out -> writeContent(entry, contentStart, out));
    } else {
      throw refused(quoted(entry.name) + " is neither file, folder nor link");
    }
  }

  /** Sizes that can be, and a local header that agrees. Returns where the content begins. */
  private int checkLocal(Entry entry) throws CodeRefusedException {
    if (entry.sizeBytes < 0 || entry.compressedBytes < 0 || entry.compressedBytes > zip.length) {
      throw refused(quoted(entry.name) + " has impossible sizes");
    }
    boolean possible =
        switch (entry.method) {
          case STORED -> entry.sizeBytes == entry.compressedBytes;
          case DEFLATED -> entry.sizeBytes <= entry.compressedBytes * DEFLATE_RATIO_MAX;
          default -> throw refused("compression method " + entry.method);
        };
    if (!possible) {
      throw refused(quoted(entry.name) + " cannot have the size that it declares");
    }
    if (entry.at < 0
        || entry.at > directoryStart
        || entry.at + shift > directoryStart - LOCAL_BYTES) {
      throw refused(quoted(entry.name) + " lies outside of the archive");
    }
    int at = (int) (entry.at + shift);
    if (in.getInt(at) != LOCAL_SIGNATURE
        || u16(at + 8) != entry.method
        || u16(at + 26) != entry.nameBytes) {
      throw refused("the local header of " + quoted(entry.name) + " says something else");
    }
    long content = (long) at + LOCAL_BYTES + entry.nameBytes + u16(at + 28);
    if (content + entry.compressedBytes > directoryStart) {
      throw refused(quoted(entry.name) + " is cut off");
    }
    int name = at + LOCAL_BYTES;
    if (!Arrays.equals(
        zip,
        name,
        name + entry.nameBytes,
        zip,
        entry.nameStart,
        entry.nameStart + entry.nameBytes)) {
      throw refused("the local header of " + quoted(entry.name) + " has another name");
    }
    return (int) content;
  }

  private String linkTarget(Entry entry, int start) throws CodeRefusedException {
    ByteArrayOutputStream target = new ByteArrayOutputStream();
    try {
      writeContent(entry, start, target);
      return StandardCharsets.UTF_8
          .newDecoder()
          .decode(ByteBuffer.wrap(target.toByteArray()))
          .toString();
    } catch (CharacterCodingException notUtf8) {
      throw refused("the target of the link " + quoted(entry.name) + " is not UTF-8");
    } catch (IOException impossible) {
      throw new AssertionError("writing to memory", impossible);
    }
  }

  private void writeContent(Entry entry, int start, OutputStream out)
      throws CodeRefusedException, IOException {
    CRC32 crc = new CRC32();
    if (entry.method == STORED) {
      crc.update(zip, start, (int) entry.sizeBytes);
      out.write(zip, start, (int) entry.sizeBytes);
    } else {
      inflate(entry, start, crc, out);
    }
    if (crc.getValue() != entry.crc) {
      throw refused(quoted(entry.name) + " has a wrong checksum");
    }
  }

  private void inflate(Entry entry, int start, CRC32 crc, OutputStream out)
      throws CodeRefusedException, IOException {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(zip, start, (int) entry.compressedBytes);
      byte[] buffer = new byte[Math.clamp(entry.sizeBytes, 512, BUFFER_BYTES)];
      long written = 0;
      while (!inflater.finished()) {
        int count = inflater.inflate(buffer);
        if (count == 0 && !inflater.finished()) {
          throw refused(quoted(entry.name) + " is damaged");
        }
        written += count;
        if (written > entry.sizeBytes) {
          throw refused(quoted(entry.name) + " is longer than it declares");
        }
        crc.update(buffer, 0, count);
        out.write(buffer, 0, count);
      }
      if (written != entry.sizeBytes || inflater.getBytesRead() != entry.compressedBytes) {
        throw refused(quoted(entry.name) + " has another size than it declares");
      }
    } catch (DataFormatException damaged) {
      throw refused(quoted(entry.name) + " is damaged: " + damaged.getMessage());
    } finally {
      inflater.end();
    }
  }

  private int u16(int at) {
    return in.getShort(at) & 0xFFFF;
  }

  private long u32(int at) {
    return in.getInt(at) & UNSET32;
  }
}
