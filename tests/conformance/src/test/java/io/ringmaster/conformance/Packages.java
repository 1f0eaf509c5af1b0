package io.ringmaster.conformance;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** The packages of the function whose life the clients script: two releases, and a layer. */
record Packages(Path folder, byte[] one, byte[] two, byte[] layer) {
  static final Path SCRIPTS = Path.of("src", "test", "server").toAbsolutePath();

  private static final String LAYER = "python/words.py";

  static Packages build() throws IOException {
    String source = Files.readString(SCRIPTS.resolve("function/app.py"));
    Path folder = Tools.ownFolder("server", "packages");
    Packages packages =
        new Packages(
            folder,
            zip("app.py", source),
            zip("app.py", source.replace("RELEASE = \"one\"", "RELEASE = \"two\"")),
            zip(LAYER, Files.readString(SCRIPTS.resolve("layer").resolve(LAYER))));
    Files.write(folder.resolve("one.zip"), packages.one);
    Files.write(folder.resolve("two.zip"), packages.two);
    Files.write(folder.resolve("layer.zip"), packages.layer);
    return packages;
  }

  private static byte[] zip(String name, String content) throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      ZipEntry entry = new ZipEntry(name);
      entry.setLastModifiedTime(FileTime.fromMillis(0));
      zip.putNextEntry(entry);
      zip.write(content.getBytes(UTF_8));
      zip.closeEntry();
    }
    return bytes.toByteArray();
  }

  /** As Lambda writes it. */
  static String sha256(byte[] bytes) {
    try {
      return Base64.getEncoder().encodeToString(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (NoSuchAlgorithmException e) {
      throw new AssertionError(e);
    }
  }
}
