package io.ringmaster.server.config;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where to listen.
 *
 * @param host name or literal, without brackets
 * @param port 0: any free one
 * @param resolved the host's address
 */
public record Address(String host, int port, InetAddress resolved) {
  /** Instead of an address: not at all. */
  static final String OFF = "off";

  private static final Pattern FORM =
      Pattern.compile("(?:\\[([0-9a-fA-F:.%a-z]+)]|([^:\\[\\]/\\s]+)):([0-9]{1,5})");
  private static final int PORT_MAX = 65_535;

  static Address parse(String text) {
    Matcher matcher = FORM.matcher(text);
    int port = matcher.matches() ? Integer.parseInt(matcher.group(3)) : PORT_MAX + 1;
    if (port > PORT_MAX) {
      throw new IllegalArgumentException("must be HOST:PORT, such as 127.0.0.1:9001 or [::1]:9001");
    }
    String host = matcher.group(1) != null ? matcher.group(1) : matcher.group(2);
    try {
      return new Address(host, port, InetAddress.getByName(host));
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException("must name a host that is known here", e);
    }
  }

  /** Null for {@code off}. */
  static Address parseOrOff(String text) {
    return text.equals(OFF) ? null : parse(text);
  }

  /** Whether only this machine reaches it. */
  public boolean loopback() {
    return resolved.isLoopbackAddress();
  }

  /** For clients of an HTTP server that listens there. */
  public URI url() {
    return URI.create("http://" + (host.contains(":") ? "[" + host + "]" : host) + ":" + port);
  }

  /** For sockets. */
  public InetSocketAddress socketAddress() {
    return new InetSocketAddress(resolved, port);
  }
}
