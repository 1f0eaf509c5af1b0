package io.ringmaster.conformance.powerloss;

import io.ringmaster.persistence.files.FileCodeStore;
import io.ringmaster.persistence.spi.CodeRefusedException;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Packages of functions; a few of the older ones go when there are many. */
final class CodeFiles {
  private static final int PACKAGES = 60;
  private static final long TIME_MS = 1_000_000_000_000L;
  private static final int BYTES_MAX = 30_000;

  private CodeFiles() {}

  private static FileCodeStore open(Path folder) throws IOException {
    return FileCodeStore.open(folder, FileCodeStore.Lifetime.LASTING, 0, System::nanoTime);
  }

  /** A package whose files all tell its number. */
  private static byte[] zip(long number) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(entry("number"));
      zip.write(Long.toString(number).getBytes(StandardCharsets.US_ASCII));
      zip.putNextEntry(entry("lib/noise"));
      zip.write(noise(number));
    }
    return bytes.toByteArray();
  }

  private static ZipEntry entry(String name) {
    ZipEntry entry = new ZipEntry(name);
    entry.setTime(TIME_MS); // equal numbers, equal bytes
    return entry;
  }

  private static byte[] noise(long number) {
    byte[] noise = new byte[(int) (number * 7919 % BYTES_MAX)];
    new SplittableRandom(number).nextBytes(noise);
    return noise;
  }

  static void write(Path folder, long first, Writer writer) throws IOException {
    try (FileCodeStore store = open(folder)) {
      String[] keys = new String[PACKAGES];
      for (long number = first; ; number++) {
        int place = (int) (number % PACKAGES);
        if (keys[place] != null) {
          writer.tell(Writer.LEAVING, List.of(number - PACKAGES));
          store.release(keys[place]);
        }
        try {
          keys[place] = store.putZip(zip(number)).key();
        } catch (CodeRefusedException e) {
          throw new IllegalStateException(e);
        }
        writer.tell(Writer.KEPT, List.of(number));
        if (place == 0) {
          store.collect();
        }
      }
    }
  }

  /** Packages that are there, each whole; they are thrown away afterwards. */
  static Set<Long> read(Path folder) throws IOException {
    Set<Long> found = new HashSet<>();
    try (FileCodeStore store = open(folder);
        Stream<Path> files = Files.list(folder)) {
      for (Path each : files.filter(Files::isDirectory).toList()) {
        long number = Long.parseLong(Files.readString(each.resolve("number")));
        check(number, Files.readAllBytes(each.resolve("lib/noise")), noise(number));
        try (InputStream archive = store.openZip(each.getFileName().toString())) {
          check(number, archive.readAllBytes(), zip(number));
        }
        found.add(number);
      }
      store.forgetLeftovers();
      store.collect();
    }
    return found;
  }

  private static void check(long number, byte[] found, byte[] expected) throws IOException {
    if (!Arrays.equals(found, expected)) {
      throw new IOException("package " + number + " is not what was uploaded");
    }
  }
}
