package io.ringmaster.conformance.hostile;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketException;
import java.net.SocketTimeoutException;

/** A bare connection. One thread. */
final class Wire implements AutoCloseable {
  private static final int SILENCE_MS = 10_000;

  private final Socket socket = new Socket();
  private boolean ended;

  Wire(InetSocketAddress server) throws IOException {
    socket.setTcpNoDelay(true);
    socket.setSoTimeout(SILENCE_MS);
    socket.connect(server, SILENCE_MS);
  }

  Wire send(String text) {
    return send(text.getBytes(ISO_8859_1));
  }

  /** A server that does not want more may have closed: that is no error here. */
  Wire send(byte[] bytes) {
    try {
      socket.getOutputStream().write(bytes);
    } catch (IOException refused) {
      ended = true;
    }
    return this;
  }

  /** Whether the server was seen to close while something was sent. */
  boolean isEnded() {
    return ended;
  }

  /** Nothing more comes from here. */
  Wire endOutput() {
    try {
      socket.shutdownOutput();
    } catch (IOException refused) {
      ended = true;
    }
    return this;
  }

  /** What comes until the server closes; null if it does not, for long. */
  byte[] untilClosed() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    byte[] buffer = new byte[16 * 1024];
    try {
      InputStream in = socket.getInputStream();
      for (int count; (count = in.read(buffer)) >= 0; ) {
        bytes.write(buffer, 0, count);
      }
    } catch (SocketTimeoutException silent) {
      return null;
    } catch (SocketException reset) {
      ended = true;
    }
    return bytes.toByteArray();
  }

  InputStream in() throws IOException {
    return socket.getInputStream();
  }

  /** Closes with a reset: what is under way is dropped. */
  void reset() throws IOException {
    socket.setSoLinger(true, 0);
    socket.close();
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
