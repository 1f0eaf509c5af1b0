package io.ringmaster.sandbox.linux;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Map;

/**
 * What an environment owns beside its process, made before anybody waits for it.
 *
 * @param id 32 hexadecimal digits; ends the name of the log stream
 * @param folder its private folder for temporary files; empty at first
 * @param tmpdirVariable the variable that names the folder, as it stands in a BIND frame
 * @param credentials the variables with placeholder credentials, this environment's own
 * @param credentialVariables these as they stand in a BIND frame
 */
record EnvironmentKit(
    String id,
    Path folder,
    byte[] tmpdirVariable,
    Map<String, String> credentials,
    byte[] credentialVariables) {
  private static final char[] KEY_ID_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".toCharArray();
  private static final int KEY_ID_LENGTH = 16;
  private static final int SECRET_BYTES = 30;
  private static final int TOKEN_BYTES = 96;

  /** Mints one; its folder does not exist yet. */
  static EnvironmentKit mint(SecureRandom random, Path parent) {
    byte[] bytes = new byte[16];
    random.nextBytes(bytes);
    String id = HexFormat.of().formatHex(bytes);
    StringBuilder keyId = new StringBuilder("ASIA");
    for (int i = 0; i < KEY_ID_LENGTH; i++) {
      keyId.append(KEY_ID_LETTERS[random.nextInt(KEY_ID_LETTERS.length)]);
    }
    Path folder = parent.resolve(id);
    StringBuilder tmpdir = new StringBuilder();
    JsonText.member(tmpdir, "TMPDIR", folder.toString()).append(',');
    Map<String, String> credentials =
        Map.of(
            "AWS_ACCESS_KEY_ID", keyId.toString(),
            "AWS_SECRET_ACCESS_KEY", base64(random, SECRET_BYTES),
            "AWS_SESSION_TOKEN", base64(random, TOKEN_BYTES));
    StringBuilder variables = new StringBuilder();
    credentials.forEach((name, value) -> JsonText.member(variables, name, value).append(','));
    return new EnvironmentKit(
        id,
        folder,
        tmpdir.toString().getBytes(StandardCharsets.UTF_8),
        credentials,
        variables.toString().getBytes(StandardCharsets.UTF_8));
  }

  private static String base64(SecureRandom random, int length) {
    byte[] bytes = new byte[length];
    random.nextBytes(bytes);
    return new String(Base64.getEncoder().encode(bytes), StandardCharsets.US_ASCII);
  }

  /** Names no secret. */
  @Override
  public String toString() {
    return "environment " + id;
  }
}
