package io.ringmaster.lambdahttp;

import io.netty.util.AsciiString;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * Tells requests that a web page makes from those of AWS's clients: on loopback nobody needs to
 * sign, and a page from anywhere must not get code run or read what there is.
 */
final class Browsers {
  private static final AsciiString ORIGIN = AsciiString.cached("origin");
  private static final AsciiString SITE = AsciiString.cached("sec-fetch-site");
  private static final Pattern ADDRESS = Pattern.compile("[0-9.]+|\\[[0-9a-f:.]+\\]");

  private Browsers() {}

  /**
   * Whether a page of another site sends it.
   *
   * @param loopback whether only this machine reaches the server: then a name that a public server
   *     can have given us (DNS rebinding) is none of ours, unless the request is signed
   */
  static boolean foreign(Headers headers, boolean loopback) {
    if (headers.get(ORIGIN) != null) {
      return true;
    }
    String site = headers.get(SITE);
    if (site != null && !site.equals("none") && !site.equals("same-origin")) {
      return true;
    }
    return loopback && headers.get(Headers.AUTHORIZATION) == null && foreignHost(headers);
  }

  private static boolean foreignHost(Headers headers) {
    String host = headers.get(Headers.HOST);
    if (host == null || host.indexOf('.') < 0) {
      return false;
    }
    String name = host.replaceFirst(":[0-9]*$", "").toLowerCase(Locale.ROOT);
    return name.indexOf('.') >= 0
        && !name.endsWith(".localhost")
        && !ADDRESS.matcher(name).matches();
  }
}
