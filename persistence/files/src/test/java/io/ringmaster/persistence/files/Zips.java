package io.ringmaster.persistence.files;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.zip.ZipEntry;
import org.apache.commons.compress.archivers.zip.Zip64Mode;
import org.apache.commons.compress.archivers.zip.ZipArchiveEntry;
import org.apache.commons.compress.archivers.zip.ZipArchiveOutputStream;

/** Writes archives with an independent writer, hostile ones too. */
final class Zips {
  static final int FILE = 0100644;
  static final int LINK = 0120777;

  private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
  private final ZipArchiveOutputStream out = new ZipArchiveOutputStream(bytes);

  Zips() {
    out.setEncoding("UTF-8");
  }

  Zips encoding(String name) {
    out.setEncoding(name);
    out.setUseLanguageEncodingFlag(false);
    return this;
  }

  Zips zip64() {
    out.setUseZip64(Zip64Mode.Always);
    return this;
  }

  Zips comment(String text) {
    out.setComment(text);
    return this;
  }

  Zips add(String name, int mode, String content) {
    return add(name, mode, content.getBytes(StandardCharsets.UTF_8), ZipEntry.DEFLATED);
  }

  Zips add(String name, int mode, byte[] content, int method) {
    try {
      ZipArchiveEntry entry = new ZipArchiveEntry(name);
      if (mode != 0) {
        entry.setUnixMode(mode);
      }
      entry.setMethod(method);
      if (method == ZipEntry.STORED) {
        java.util.zip.CRC32 crc = new java.util.zip.CRC32();
        crc.update(content);
        entry.setSize(content.length);
        entry.setCrc(crc.getValue());
      }
      out.putArchiveEntry(entry);
      out.write(content);
      out.closeArchiveEntry();
      return this;
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }

  byte[] bytes() {
    try {
      out.close();
      return bytes.toByteArray();
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    }
  }
}
