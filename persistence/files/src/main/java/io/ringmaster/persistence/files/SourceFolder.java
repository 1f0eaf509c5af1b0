package io.ringmaster.persistence.files;

import static io.ringmaster.persistence.files.PackageTree.quoted;
import static io.ringmaster.persistence.files.PackageTree.refused;

import io.ringmaster.persistence.spi.CodeRefusedException;
import java.io.FileInputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.PosixFilePermission;
import java.util.Set;

/**
 * Reads a folder of the embedder's as a package. The folder may change meanwhile: what was read is
 * what is stored.
 */
final class SourceFolder {
  private static final int BUFFER_BYTES = 64 * 1024;

  private SourceFolder() {}

  static PackageTree read(Path folder) throws CodeRefusedException, IOException {
    if (!Files.isDirectory(folder)) {
      throw refused(quoted(folder.toString()) + " is not a folder");
    }
    PackageTree tree = new PackageTree();
    CodeRefusedException[] refusal = new CodeRefusedException[1];
    Path root = folder.toRealPath();
    Files.walkFileTree(
        root,
        new SimpleFileVisitor<>() {
          @Override
          public FileVisitResult preVisitDirectory(Path path, BasicFileAttributes attributes) {
            return path.equals(root)
                ? FileVisitResult.CONTINUE
                : take(() -> tree.addFolder(name(path)));
          }

          @Override
          public FileVisitResult visitFile(Path path, BasicFileAttributes attributes)
              throws IOException {
            if (attributes.isSymbolicLink()) {
              String target = Files.readSymbolicLink(path).toString();
              return take(() -> tree.addLink(name(path), target));
            }
            if (!attributes.isRegularFile()) {
              return take(
                  () -> {
                    throw refused(quoted(name(path)) + " is neither file, folder nor link");
                  });
            }
            Set<PosixFilePermission> mode =
                Files.getPosixFilePermissions(path, LinkOption.NOFOLLOW_LINKS);
            boolean executable =
                mode.contains(PosixFilePermission.OWNER_EXECUTE)
                    || mode.contains(PosixFilePermission.GROUP_EXECUTE)
                    || mode.contains(PosixFilePermission.OTHERS_EXECUTE);
            long size = attributes.size();
            return take(
                () -> tree.addFile(name(path), executable, size, out -> copy(path, size, out)));
          }

          private String name(Path path) {
            return root.relativize(path).toString();
          }

          private FileVisitResult take(Addition addition) {
            try {
              addition.run();
              return FileVisitResult.CONTINUE;
            } catch (CodeRefusedException refused) {
              refusal[0] = refused;
              return FileVisitResult.TERMINATE;
            }
          }
        });
    if (refusal[0] != null) {
      throw refusal[0];
    }
    return tree;
  }

  private interface Addition {
    void run() throws CodeRefusedException;
  }

  private static void copy(Path path, long size, OutputStream out) throws IOException {
    try (FileInputStream in = new FileInputStream(path.toFile())) {
      byte[] buffer = new byte[BUFFER_BYTES];
      long left = size;
      while (left > 0) {
        int count = in.read(buffer, 0, (int) Math.min(left, buffer.length));
        if (count < 0) {
          throw new IOException(path + " became shorter while it was read");
        }
        out.write(buffer, 0, count);
        left -= count;
      }
    }
  }
}
