package io.ringmaster.engine;

import io.ringmaster.api.MissingJvmFlagsException;
import io.ringmaster.persistence.spi.JournalProvider;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * The JVM flags without which the engine cannot work, and whether this JVM has them. They stand
 * once, in the parent pom; the build writes them into a resource of this package. A journal that is
 * on the class path has its own besides, which only matter when it is opened.
 */
public final class JvmFlags {
  private static final String RESOURCE = "jvm.flags";
  private static final String EXPORTS = "--add-exports=";
  private static final String NATIVE_ACCESS = "--enable-native-access=";

  private JvmFlags() {}

  /** The flags of the engine and of journals, as they are written on the command line. */
  public static List<String> all() {
    return Stream.concat(
            engines().stream(), journals().flatMap(journal -> journal.jvmFlags().stream()))
        .toList();
  }

  private static List<String> engines() {
    try (InputStream in = JvmFlags.class.getResourceAsStream(RESOURCE)) {
      if (in == null) {
        throw new IllegalStateException("the resource " + RESOURCE + " is missing");
      }
      String text = new String(in.readAllBytes(), StandardCharsets.UTF_8);
      return Stream.of(text.strip().split(" +")).filter(flag -> !flag.isEmpty()).toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Stream<JournalProvider> journals() {
    return ServiceLoader.load(JournalProvider.class).stream().map(ServiceLoader.Provider::get);
  }

  /** The flags that this JVM lacks, journals' included. */
  public static List<String> missing() {
    return Stream.concat(
            missingOfEngine(), journals().flatMap(journal -> journal.missingJvmFlags().stream()))
        .toList();
  }

  private static Stream<String> missingOfEngine() {
    return engines().stream().filter(flag -> !present(flag));
  }

  /** Throws if one is missing that an engine without journal needs. */
  static void require() {
    List<String> missing = missingOfEngine().toList();
    if (!missing.isEmpty()) {
      throw new MissingJvmFlagsException(missing);
    }
  }

  /** Asks the JVM what a flag would have changed; how it was started is nobody's business. */
  private static boolean present(String flag) {
    Module ours = JvmFlags.class.getModule();
    if (flag.startsWith(EXPORTS)) {
      String exported = flag.substring(EXPORTS.length(), flag.indexOf('=', EXPORTS.length()));
      int slash = exported.indexOf('/');
      return ModuleLayer.boot()
          .findModule(exported.substring(0, slash))
          .filter(module -> module.isExported(exported.substring(slash + 1), ours))
          .isPresent();
    }
    if (flag.startsWith(NATIVE_ACCESS)) {
      return ours.isNativeAccessEnabled();
    }
    throw new IllegalStateException("a JVM flag that cannot be checked: " + flag);
  }
}
