package io.ringmaster.core.record;

import io.ringmaster.api.Owner;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What an INIT_START line says of the runtime, in AWS's forms: {@code python:3.13.v1} for {@code
 * python3.13}, and an ARN that is the same for the same version.
 */
record RuntimeVersion(String version, String arn) {
  private static final Pattern IDENTIFIER = Pattern.compile("([a-z]+)\\.?([0-9a-z.]*?)(?:\\.x)?");
  private static final String RELEASE = ".v1";

  /** Runtimes are of no account. */
  private static final String NOBODY = "000000000000";

  /** That of a runtime identifier. */
  static RuntimeVersion of(String runtime, String region) {
    Matcher matcher = IDENTIFIER.matcher(runtime);
    String version =
        matcher.matches() && !matcher.group(2).isEmpty()
            ? matcher.group(1) + ":" + matcher.group(2) + RELEASE
            : runtime + RELEASE;
    String partition = new Owner(NOBODY, region).partition();
    return new RuntimeVersion(
        version, "arn:" + partition + ":lambda:" + region + "::runtime:" + hash(version));
  }

  private static String hash(String text) {
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(digest);
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java platform has SHA-256", e);
    }
  }
}
