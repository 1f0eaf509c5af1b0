package io.ringmaster.conformance.crash;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Base64;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * A package with a marker, which its function answers only when the package is whole: the marker
 * stands at the end of its last file too, behind so much noise that uploads take a while.
 */
record Upload(String marker, byte[] zip) {
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
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
      zip.putNextEntry(new ZipEntry("app.py"));
      zip.write(source.getBytes(UTF_8));
      zip.putNextEntry(new ZipEntry("noise"));
      zip.write(noise);
      zip.write(Hashes.hex(noise).getBytes(UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return new Upload(marker, bytes.toByteArray());
  }

  String base64() {
    return Base64.getEncoder().encodeToString(zip);
  }
}
