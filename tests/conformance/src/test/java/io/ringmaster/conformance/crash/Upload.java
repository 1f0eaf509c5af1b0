package io.ringmaster.conformance.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Base64;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A package with a marker, which its function answers only when the package is whole: the marker
 * stands at the end of its last file too, behind so much noise that uploads take a while.
 */
record Upload(String marker, byte[] zip) {
  private static final int HASH_CHARS = 64;

  static Upload of(String marker, Random random) {
    String source =
        """
        import hashlib

        MARKER = "%s"

        def handler(event, context):
            with open("noise", "rb") as file:
                noise = file.read()
            if hashlib.sha256(noise[:-64]).hexdigest() != noise[-64:].decode():
                return "torn"
            return MARKER
        """
            .formatted(marker);
    byte[] noise = new byte[1024 << random.nextInt(11)];
    random.nextBytes(noise);
    byte[] signed = Arrays.copyOf(noise, noise.length + HASH_CHARS);
    System.arraycopy(Hashes.hex(noise).getBytes(UTF_8), 0, signed, noise.length, HASH_CHARS);
    return new Upload(marker, zip(Map.of("app.py", source.getBytes(UTF_8), "noise", signed)));
  }

  /** An archive of files. */
  static byte[] zip(Map<String, byte[]> files) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      for (Map.Entry<String, byte[]> file : new TreeMap<>(files).entrySet()) {
        zip.putNextEntry(new ZipEntry(file.getKey()));
        zip.write(file.getValue());
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return bytes.toByteArray();
  }

  String base64() {
    return Base64.getEncoder().encodeToString(zip);
  }
}
