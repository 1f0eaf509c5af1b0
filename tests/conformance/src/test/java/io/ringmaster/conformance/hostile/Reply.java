package io.ringmaster.conformance.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** An answer as it stands on the wire; read strictly. */
record Reply(int status, Map<String, String> headers, String body) {

  /** All answers in what came. */
  static List<Reply> all(byte[] bytes) throws IOException {
    ByteArrayInputStream in = new ByteArrayInputStream(bytes);
    List<Reply> replies = new ArrayList<>();
    while (in.available() > 0) {
      Reply reply = read(in);
      if (reply.status != 100) {
        replies.add(reply);
      }
    }
    return replies;
  }

  /** The next answer. */
  static Reply read(InputStream in) throws IOException {
    String line = line(in);
    if (!line.matches("HTTP/1\\.[01] [1-5][0-9][0-9]( .*)?")) {
      throw new IOException("no status line: " + line);
    }
    int status = Integer.parseInt(line.substring(9, 12));
    Map<String, String> headers = new HashMap<>();
    String header = line(in);
    while (!header.isEmpty()) {
      int colon = header.indexOf(':');
      if (colon <= 0) {
        throw new IOException("no header: " + header);
      }
      String name = header.substring(0, colon).toLowerCase(Locale.ROOT);
      if (headers.put(name, header.substring(colon + 1).strip()) != null
          && name.equals("content-length")) {
        throw new IOException("two lengths");
      }
      header = line(in);
    }
    if (status < 200 || status == 204 || status == 304) {
      return new Reply(status, headers, "");
    }
    String length = headers.get("content-length");
    byte[] body = length == null ? chunks(in, headers) : exactly(in, Integer.parseInt(length));
    return new Reply(status, headers, new String(body, ISO_8859_1));
  }

  private static byte[] chunks(InputStream in, Map<String, String> headers) throws IOException {
    if (!"chunked".equals(headers.get("transfer-encoding"))) {
      throw new IOException("an answer without a length: " + headers);
    }
    StringBuilder all = new StringBuilder();
    for (int size; (size = Integer.parseInt(line(in), 16)) > 0; ) {
      all.append(new String(exactly(in, size), ISO_8859_1));
      line(in);
    }
    line(in);
    return all.toString().getBytes(ISO_8859_1);
  }

  private static byte[] exactly(InputStream in, int length) throws IOException {
    byte[] bytes = in.readNBytes(length);
    if (bytes.length < length) {
      throw new EOFException("the answer ends early");
    }
    return bytes;
  }

  private static String line(InputStream in) throws IOException {
    StringBuilder line = new StringBuilder();
    for (int next; (next = in.read()) != '\n'; ) {
      if (next < 0) {
        throw new EOFException("the answer ends in a line: " + line);
      }
      line.append((char) next);
    }
    if (line.isEmpty() || line.charAt(line.length() - 1) != '\r') {
      throw new IOException("a line without CR: " + line);
    }
    return line.substring(0, line.length() - 1);
  }
}
