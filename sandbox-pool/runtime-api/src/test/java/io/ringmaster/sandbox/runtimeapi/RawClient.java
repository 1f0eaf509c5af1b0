package io.ringmaster.sandbox.runtimeapi;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** A runtime that writes bytes and reads answers. */
final class RawClient implements AutoCloseable {
  /** An answer; names of fields in lower case. */
  record Answer(int status, Map<String, String> fields, String body) {}

  static final String API = "/2018-06-01/runtime/";

  final Socket socket;
  private final InputStream in;

  RawClient(int port) {
    try {
      socket = new Socket(InetAddress.getLoopbackAddress(), port);
      socket.setTcpNoDelay(true);
      socket.setSoTimeout((int) Engine.PATIENCE_SECONDS * 1000);
      in = new BufferedInputStream(socket.getInputStream());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  RawClient send(String text) {
    return send(text.getBytes(StandardCharsets.UTF_8));
  }

  RawClient send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
      return this;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** The head of a request, complete but for more fields. */
  static String head(String method, String path) {
    return method + " " + path + " HTTP/1.1\r\nHost: 127.0.0.1\r\n";
  }

  RawClient get(String path) {
    return send(head("GET", path) + "\r\n");
  }

  RawClient next() {
    return get(API + "invocation/next");
  }

  RawClient post(String path, String fields, String body) {
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    return send(
        head("POST", path) + fields + "Content-Length: " + bytes.length + "\r\n\r\n" + body);
  }

  RawClient respond(TestInvocation to, String body) {
    return post(API + "invocation/" + to.id + "/response", "", body);
  }

  Answer answer() {
    try {
      String status = line();
      Map<String, String> fields = new TreeMap<>();
      for (String field = line(); !field.isEmpty(); field = line()) {
        int colon = field.indexOf(": ");
        fields.put(field.substring(0, colon).toLowerCase(Locale.ROOT), field.substring(colon + 2));
      }
      int length = Integer.parseInt(fields.getOrDefault("content-length", "0"));
      byte[] body = in.readNBytes(length);
      if (body.length < length) {
        throw new EOFException("in a body");
      }
      return new Answer(
          Integer.parseInt(status.split(" ")[1]), fields, new String(body, StandardCharsets.UTF_8));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int b = in.read(); b != '\n'; b = in.read()) {
      if (b < 0) {
        throw new EOFException("after \"" + line + "\"");
      }
      line.write(b);
    }
    String text = line.toString(StandardCharsets.UTF_8);
    return text.substring(0, text.length() - 1);
  }

  /** Whether the other side ended the connection; waits for it. */
  boolean isClosed() {
    try {
      return in.read() < 0;
    } catch (SocketTimeoutException e) {
      return false;
    } catch (IOException reset) {
      return true;
    }
  }

  /** Ends the connection now; with a reset, if so. */
  void cut(boolean reset) {
    try {
      if (reset) {
        socket.setSoLinger(true, 0);
      }
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
