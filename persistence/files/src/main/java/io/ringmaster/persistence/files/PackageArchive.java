package io.ringmaster.persistence.files;

import java.io.BufferedOutputStream;
import java.io.ByteArrayOutputStream;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;

/**
 * Packages as archives: kept as they came, or made of an unpacked one. Made by hand, since the
 * JDK's writer tells no Unix modes, and so neither programs nor links. Equal packages make equal
 * archives.
 */
final class PackageArchive implements AutoCloseable {
  private static final Set<PosixFilePermission> OWNER_READS =
      PosixFilePermissions.fromString("r--------");

  private static final int LOCAL_HEADER = 0x04034b50;
  private static final int CENTRAL_HEADER = 0x02014b50;
  private static final int END = 0x06054b50;
  private static final short VERSION = 20;
  private static final short MADE_BY_UNIX = 3 << 8 | VERSION;
  private static final short NAMES_ARE_UTF_8 = 1 << 11;
  private static final short DEFLATED = 8;

  /** 1980-01-01, the first day that an archive can tell. */
  private static final short DAY = 1 << 5 | 1;

  private static final int ENTRIES_MAX = 0xffff;
  private static final int FOLDER_MODE = 0040755;
  private static final int PROGRAM_MODE = 0100755;
  private static final int FILE_MODE = 0100644;
  private static final int LINK_MODE = 0120777;

  private final OutputStream out;
  private final ByteArrayOutputStream central = new ByteArrayOutputStream();
  private long position;
  private int entries;

  private PackageArchive(Path file) throws IOException {
    out = new BufferedOutputStream(Files.newOutputStream(file, StandardOpenOption.CREATE_NEW));
  }

  /** Writes an archive as it came, read-only. */
  static void write(byte[] zip, Path target, boolean sync) throws IOException {
    try (FileOutputStream out = new FileOutputStream(target.toFile())) {
      out.write(zip);
      Files.setPosixFilePermissions(target, OWNER_READS);
      if (sync) {
        out.getFD().sync();
      }
    }
  }

  /**
   * An archive made of an unpacked package.
   *
   * @param scratch a file that is not there yet; it goes with the stream
   */
  static InputStream open(Path folder, Path scratch) throws IOException {
    boolean opened = false;
    try {
      List<Path> paths;
      try (Stream<Path> content = Files.walk(folder)) {
        paths = content.filter(path -> !path.equals(folder)).sorted().toList();
      }
      try (PackageArchive archive = new PackageArchive(scratch)) {
        for (Path path : paths) {
          archive.add(folder.relativize(path).toString(), path);
        }
        archive.end();
      }
      InputStream stream = Files.newInputStream(scratch, StandardOpenOption.DELETE_ON_CLOSE);
      opened = true;
      return stream;
    } finally {
      if (!opened) {
        Files.deleteIfExists(scratch);
      }
    }
  }

  private void add(String name, Path path) throws IOException {
    if (Files.isDirectory(path, LinkOption.NOFOLLOW_LINKS)) {
      add(name + "/", FOLDER_MODE, new byte[0]);
    } else if (Files.isSymbolicLink(path)) {
      String target = Files.readSymbolicLink(path).toString();
      add(name, LINK_MODE, target.getBytes(StandardCharsets.UTF_8));
    } else {
      boolean program =
          Files.getPosixFilePermissions(path).contains(PosixFilePermission.OWNER_EXECUTE);
      add(name, program ? PROGRAM_MODE : FILE_MODE, Files.readAllBytes(path));
    }
  }

  private void add(String name, int mode, byte[] content) throws IOException {
    if (entries == ENTRIES_MAX) {
      throw new IOException("more than " + ENTRIES_MAX + " files do not go into one archive");
    }
    CRC32 checksum = new CRC32();
    checksum.update(content);
    byte[] deflated = deflate(content);
    byte[] nameBytes = name.getBytes(StandardCharsets.UTF_8);
    byte[] common =
        packed(
            26,
            fields ->
                fields
                    .putShort(VERSION)
                    .putShort(NAMES_ARE_UTF_8)
                    .putShort(DEFLATED)
                    .putShort((short) 0)
                    .putShort(DAY)
                    .putInt((int) checksum.getValue())
                    .putInt(deflated.length)
                    .putInt(content.length)
                    .putShort((short) nameBytes.length)
                    .putShort((short) 0));
    central.writeBytes(packed(6, fields -> fields.putInt(CENTRAL_HEADER).putShort(MADE_BY_UNIX)));
    central.writeBytes(common);
    int localAt = (int) position;
    central.writeBytes( // no comment, the first disk, no attributes but those of Unix
        packed(
            14, fields -> fields.putInt(0).putShort((short) 0).putInt(mode << 16).putInt(localAt)));
    central.writeBytes(nameBytes);
    append(packed(4, fields -> fields.putInt(LOCAL_HEADER)));
    append(common);
    append(nameBytes);
    append(deflated);
    entries++;
  }

  private static byte[] deflate(byte[] content) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.DEFAULT_COMPRESSION, true);
    try (DeflaterOutputStream stream = new DeflaterOutputStream(packed, deflater)) {
      stream.write(content);
    } finally {
      deflater.end();
    }
    return packed.toByteArray();
  }

  private void end() throws IOException {
    long centralAt = position;
    append(central.toByteArray());
    append(
        packed(
            22,
            fields ->
                fields
                    .putInt(END)
                    .putInt(0)
                    .putShort((short) entries)
                    .putShort((short) entries)
                    .putInt(central.size())
                    .putInt((int) centralAt)
                    .putShort((short) 0)));
  }

  private void append(byte[] bytes) throws IOException {
    out.write(bytes);
    position += bytes.length;
  }

  private static byte[] packed(int size, Consumer<ByteBuffer> fields) {
    ByteBuffer buffer = ByteBuffer.allocate(size);
    buffer.order(ByteOrder.LITTLE_ENDIAN);
    fields.accept(buffer);
    return buffer.array();
  }

  @Override
  public void close() throws IOException {
    out.close();
  }
}
