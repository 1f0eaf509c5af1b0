package io.ringmaster.persistence.files;

import io.ringmaster.persistence.files.PackageTree.File;
import io.ringmaster.persistence.files.PackageTree.Folder;
import io.ringmaster.persistence.files.PackageTree.Link;
import io.ringmaster.persistence.spi.CodeRefusedException;
import java.io.FileOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.channels.ClosedByInterruptException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Set;

/** An unpacked package on disk: writing one, making it last, removing one. */
final class PackageFolder {
  private static final Set<PosixFilePermission> OWNER_ONLY =
      PosixFilePermissions.fromString("rwx------");
  private static final Set<PosixFilePermission> FOLDER =
      PosixFilePermissions.fromString("r-xr-xr-x");
  private static final Set<PosixFilePermission> EXECUTABLE = FOLDER;
  private static final Set<PosixFilePermission> FILE = PosixFilePermissions.fromString("r--r--r--");

  private PackageFolder() {}

  /**
   * Writes a sealed tree into a new folder and makes it read-only.
   *
   * @param sync whether all of it is on disk when this returns
   * @return SHA-256 over names, modes and contents
   */
  static byte[] write(NavigableMap<String, PackageTree.Node> nodes, Path target, boolean sync)
      throws CodeRefusedException, IOException {
    MessageDigest all = Hashes.sha256();
    all.update("ringmaster code 1\n".getBytes(StandardCharsets.UTF_8));
    Files.createDirectory(target, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
    for (var entry : nodes.entrySet()) {
      Path path = resolve(target, entry.getKey());
      String kind;
      byte[] content;
      switch (entry.getValue()) {
        case Folder _ -> {
          kind = "folder";
          content = new byte[0];
          Files.createDirectory(path, PosixFilePermissions.asFileAttribute(OWNER_ONLY));
        }
        case Link link -> {
          kind = "link";
          content = link.target().getBytes(StandardCharsets.UTF_8);
          Files.createSymbolicLink(path, resolve(null, link.target()));
        }
        case File file -> {
          kind = file.executable() ? "executable" : "file";
          content = writeFile(file, path, sync);
        }
      }
      byte[] name = entry.getKey().getBytes(StandardCharsets.UTF_8);
      all.update(
          (kind + " " + name.length + " " + content.length + "\n")
              .getBytes(StandardCharsets.UTF_8));
      all.update(name);
      all.update(content);
    }
    for (Map.Entry<String, PackageTree.Node> entry : nodes.descendingMap().entrySet()) {
      if (entry.getValue() instanceof Folder) {
        finish(resolve(target, entry.getKey()), sync);
      }
    }
    finish(target, sync);
    return all.digest();
  }

  private static byte[] writeFile(File file, Path path, boolean sync)
      throws CodeRefusedException, IOException {
    MessageDigest digest = Hashes.sha256();
    try (FileOutputStream out = new FileOutputStream(path.toFile())) {
      file.content().writeTo(new HashingStream(out, digest));
      Files.setPosixFilePermissions(path, file.executable() ? EXECUTABLE : FILE);
      if (sync) {
        out.getFD().sync();
      }
    }
    return digest.digest();
  }

  private static void finish(Path folder, boolean sync) throws IOException {
    Files.setPosixFilePermissions(folder, FOLDER);
    if (sync) {
      sync(folder);
    }
  }

  private static Path resolve(Path folder, String path) throws CodeRefusedException {
    try {
      return folder == null ? Path.of(path) : folder.resolve(path);
    } catch (InvalidPathException impossible) {
      throw PackageTree.refused(
          "the name "
              + PackageTree.quoted(path)
              + " cannot be written in this JVM's file name encoding, "
              + System.getProperty("sun.jnu.encoding"));
    }
  }

  /** Makes the folder's list of names last. An interrupt of the thread is kept for later. */
  static void sync(Path folder) throws IOException {
    boolean interrupted = false;
    try {
      while (true) {
        try (FileChannel channel = FileChannel.open(folder, StandardOpenOption.READ)) {
          channel.force(true);
          return;
        } catch (ClosedByInterruptException interrupt) {
          interrupted |= Thread.interrupted();
        }
      }
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  /** Removes a folder with all its content, read-only folders included; follows no link. */
  static void delete(Path folder) throws IOException {
    try {
      Files.walkFileTree(
          folder,
          new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes)
                throws IOException {
              Files.setPosixFilePermissions(path, OWNER_ONLY);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
                throws IOException {
              Files.delete(path);
              return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path path, IOException failure)
                throws IOException {
              if (failure != null) {
                throw failure;
              }
              Files.delete(path);
              return FileVisitResult.CONTINUE;
            }
          });
    } catch (NoSuchFileException gone) {
      if (Files.exists(folder)) {
        throw gone;
      }
    }
  }

  /** Passes bytes on and hashes them. */
  private static final class HashingStream extends OutputStream {
    private final OutputStream out;
    private final MessageDigest digest;

    HashingStream(OutputStream out, MessageDigest digest) {
      this.out = out;
      this.digest = digest;
    }

    @Override
    public void write(int value) throws IOException {
      write(new byte[] {(byte) value}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
      digest.update(bytes, offset, length);
      out.write(bytes, offset, length);
    }
  }
}
