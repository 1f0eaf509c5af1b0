package io.ringmaster.bootstraps;

import static java.nio.file.StandardCopyOption.ATOMIC_MOVE;
import static java.nio.file.StandardCopyOption.REPLACE_EXISTING;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Arrays;
import java.util.Enumeration;
import java.util.HexFormat;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import java.util.stream.Stream;

/**
 * The runtimes' bootstrap programs. They travel inside the engine's jar and are copied to a folder
 * before interpreters start on them.
 *
 * <p>Any thread. Several engines, also of several releases, may extract into the same folder at the
 * same time.
 */
public final class Bootstraps {
  private static final String PREFIX = "io/ringmaster/bootstraps/";
  private static final int NAME_BYTES = 12;

  private Bootstraps() {}

  /**
   * Puts all bootstrap files below {@code folder}, in a sub folder that is named after their
   * content; what is already there and whole is left alone, what is missing or damaged is replaced.
   *
   * @param folder created when absent; sandbox processes must be able to reach it
   * @return the sub folder, absolute: {@code python/bootstrap.py} and so on are below it, readable
   *     by everybody
   * @throws IOException when a file cannot be read or written
   */
  public static Path extract(Path folder) throws IOException {
    NavigableMap<String, byte[]> files = files();
    Path root = folder.toAbsolutePath().resolve(name(files));
    createFolder(root);
    for (Map.Entry<String, byte[]> file : files.entrySet()) {
      Path target = root.resolve(file.getKey());
      createFolder(target.getParent());
      if (!holds(target, file.getValue())) {
        write(target, file.getValue());
      }
    }
    return root;
  }

  /**
   * The files by their path, such as {@code python/bootstrap.py}, in alphabetical order.
   *
   * @throws IOException when the class path entry that holds this class cannot be read
   */
  static NavigableMap<String, byte[]> files() throws IOException {
    Path origin;
    try {
      URI location = Bootstraps.class.getProtectionDomain().getCodeSource().getLocation().toURI();
      origin = Path.of(location);
    } catch (URISyntaxException e) {
      throw new IOException("no path to the bootstrap files", e);
    }
    NavigableMap<String, byte[]> files =
        Files.isDirectory(origin) ? filesOfFolder(origin.resolve(PREFIX)) : filesOfJar(origin);
    if (files.isEmpty()) {
      throw new NoSuchFileException(origin + ": no bootstrap files");
    }
    return files;
  }

  static NavigableMap<String, byte[]> filesOfFolder(Path folder) throws IOException {
    NavigableMap<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> tree = Files.walk(folder)) {
      for (Path path : (Iterable<Path>) tree::iterator) {
        String name = folder.relativize(path).toString();
        if (isBootstrapFile(name) && Files.isRegularFile(path)) {
          files.put(name, Files.readAllBytes(path));
        }
      }
    }
    return files;
  }

  static NavigableMap<String, byte[]> filesOfJar(Path path) throws IOException {
    NavigableMap<String, byte[]> files = new TreeMap<>();
    try (JarFile jar = new JarFile(path.toFile())) {
      for (Enumeration<JarEntry> entries = jar.entries(); entries.hasMoreElements(); ) {
        JarEntry entry = entries.nextElement();
        if (!entry.isDirectory() && entry.getName().startsWith(PREFIX)) {
          String name = entry.getName().substring(PREFIX.length());
          if (isBootstrapFile(name)) {
            try (InputStream in = jar.getInputStream(entry)) {
              files.put(name, in.readAllBytes());
            }
          }
        }
      }
    }
    return files;
  }

  /**
   * Files lie in one folder per runtime; this package's own classes, and caches of interpreters,
   * are none.
   */
  private static boolean isBootstrapFile(String name) {
    return name.indexOf('/') > 0 && !name.contains("__pycache__");
  }

  private static String name(NavigableMap<String, byte[]> files) {
    MessageDigest digest;
    try {
      digest = MessageDigest.getInstance("SHA-256");
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every JDK has SHA-256", e);
    }
    files.forEach(
        (name, content) -> {
          digest.update((name + '\0' + content.length + '\0').getBytes(StandardCharsets.UTF_8));
          digest.update(content);
        });
    return HexFormat.of().formatHex(digest.digest(), 0, NAME_BYTES);
  }

  private static boolean holds(Path file, byte[] content) throws IOException {
    try {
      return Arrays.equals(Files.readAllBytes(file), content);
    } catch (NoSuchFileException e) {
      return false;
    }
  }

  private static void write(Path target, byte[] content) throws IOException {
    Path draft = Files.createTempFile(target.getParent(), ".draft", "");
    try {
      Files.write(draft, content);
      Files.setPosixFilePermissions(draft, PosixFilePermissions.fromString("rw-r--r--"));
      Files.move(draft, target, ATOMIC_MOVE, REPLACE_EXISTING);
    } finally {
      Files.deleteIfExists(draft);
    }
  }

  /**
   * Creates what is missing; the folders that are created can be entered by everybody, whatever the
   * umask says.
   */
  static void createFolder(Path folder) throws IOException {
    if (Files.isDirectory(folder)) {
      return;
    }
    createFolder(folder.getParent());
    try {
      Files.createDirectory(folder);
    } catch (java.nio.file.FileAlreadyExistsException e) {
      if (!Files.isDirectory(folder)) {
        throw e;
      }
      return;
    }
    Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
  }
}
