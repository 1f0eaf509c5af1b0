package io.ringmaster.engine.destination;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.MessageDigest;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;

/**
 * Signs requests as AWS's Signature Version 4 has it, for paths that are encoded already and have
 * no query. Pure.
 *
 * @param accessKey id of the key
 * @param secretKey the key
 * @param sessionToken null: none
 */
record RequestSigner(String accessKey, String secretKey, String sessionToken) {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("uuuuMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
  private static final String ALGORITHM = "AWS4-HMAC-SHA256";
  private static final int DATE_LENGTH = 8;

  /**
   * Those of the process, as AWS's own clients read them; what stands for AWS on a developer's
   * machine is content with any.
   */
  static RequestSigner ofProcess(Map<String, String> environment) {
    return new RequestSigner(
        environment.getOrDefault("AWS_ACCESS_KEY_ID", "ringmaster"),
        environment.getOrDefault("AWS_SECRET_ACCESS_KEY", "ringmaster"),
        environment.get("AWS_SESSION_TOKEN"));
  }

  /**
   * The headers to be sent, with those that make the signature.
   *
   * @param path absolute, encoded
   * @param headers that are to be signed, {@code host} among them
   */
  Map<String, String> sign(
      String method,
      String path,
      Map<String, String> headers,
      byte[] body,
      String region,
      String service,
      Instant now) {
    String time = TIME.format(now);
    String date = time.substring(0, DATE_LENGTH);
    SortedMap<String, String> signed = new TreeMap<>();
    headers.forEach((name, value) -> signed.put(name.toLowerCase(Locale.ROOT), value.strip()));
    signed.put("x-amz-date", time);
    if (sessionToken != null) {
      signed.put("x-amz-security-token", sessionToken);
    }
    String names = String.join(";", signed.keySet());
    StringBuilder canonical = new StringBuilder();
    canonical.append(method).append('\n').append(path).append("\n\n");
    signed.forEach((name, value) -> canonical.append(name).append(':').append(value).append('\n'));
    canonical.append('\n').append(names).append('\n').append(sha256(body));
    String scope = date + '/' + region + '/' + service + "/aws4_request";
    String toSign =
        ALGORITHM + '\n' + time + '\n' + scope + '\n' + sha256(utf8(canonical.toString()));
    byte[] key = hmac(utf8("AWS4" + secretKey), date);
    key = hmac(hmac(hmac(key, region), service), "aws4_request");
    signed.put(
        "authorization",
        ALGORITHM
            + " Credential="
            + accessKey
            + '/'
            + scope
            + ", SignedHeaders="
            + names
            + ", Signature="
            + HexFormat.of().formatHex(hmac(key, toSign)));
    return signed;
  }

  static String sha256(byte[] bytes) {
    try {
      return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }

  private static byte[] hmac(byte[] key, String text) {
    try {
      Mac mac = Mac.getInstance("HmacSHA256");
      mac.init(new SecretKeySpec(key, "HmacSHA256"));
      return mac.doFinal(utf8(text));
    } catch (GeneralSecurityException e) {
      throw new IllegalStateException(e); // every JVM has it
    }
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "RequestSigner[" + accessKey + "]";
  }
}
