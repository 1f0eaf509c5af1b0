package io.ringmaster.sandbox.linux.runtimes;

import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The AWS SDKs that Lambda's Python and Node runtimes bring: a folder with {@code python} (boto3)
 * and {@code nodejs/node_modules} ({@code @aws-sdk}). It is made by a command of the operator's,
 * never by an invocation. Any thread.
 */
public final class RuntimeSdk {
  /** Its name, in the data folder or in the user's cache. */
  public static final String NAME = "runtime-sdk";

  private RuntimeSdk() {}

  /**
   * The folder that functions are to find their SDK in.
   *
   * @param configured the operator's word; null: none
   * @param dataFolder the engine's own folder; null: a temporary one, where there is none
   * @return null: there is none
   */
  public static Path find(Path configured, Path dataFolder) {
    if (configured != null) {
      return configured.toAbsolutePath();
    }
    Path own = dataFolder == null ? null : dataFolder.toAbsolutePath().resolve(NAME);
    if (own != null && Files.isDirectory(own)) {
      return own;
    }
    Path shared = usersFolder();
    return Files.isDirectory(shared) ? shared : null;
  }

  /** Where all engines of this user find it. */
  public static Path usersFolder() {
    String cache = System.getenv("XDG_CACHE_HOME");
    Path caches =
        cache != null && cache.startsWith("/")
            ? Path.of(cache)
            : Path.of(System.getProperty("user.home"), ".cache");
    return caches.resolve("ringmaster").resolve(NAME);
  }

  /** Whether it has Python's: boto3. */
  public static boolean hasPython(Path sdk) {
    return sdk != null && Files.isDirectory(sdk.resolve("python/boto3"));
  }

  /** Whether it has Node's: {@code @aws-sdk}. */
  public static boolean hasNode(Path sdk) {
    return sdk != null && Files.isDirectory(sdk.resolve("nodejs/node_modules/@aws-sdk"));
  }
}
