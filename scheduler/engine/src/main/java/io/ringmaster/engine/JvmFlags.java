package io.ringmaster.engine;

import io.ringmaster.api.MissingJvmFlagsException;
import java.util.ArrayList;
import java.util.List;
import org.agrona.concurrent.UnsafeBuffer;

/** The JVM flags without which the engine cannot work, and whether this JVM has them. */
public final class JvmFlags {
  private static final String EXPORT_MISC =
      "--add-exports=java.base/jdk.internal.misc=ALL-UNNAMED";
  private static final String NATIVE_ACCESS = "--enable-native-access=ALL-UNNAMED";

  private JvmFlags() {}

  /** The flags that this JVM lacks, as they are written on the command line. */
  public static List<String> missing() {
    List<String> missing = new ArrayList<>();
    Module agrona = UnsafeBuffer.class.getModule();
    if (!Object.class.getModule().isExported("jdk.internal.misc", agrona)) {
      missing.add(EXPORT_MISC);
    }
    if (!JvmFlags.class.getModule().isNativeAccessEnabled()) {
      missing.add(NATIVE_ACCESS);
    }
    return missing;
  }

  static void require() {
    List<String> missing = missing();
    if (!missing.isEmpty()) {
      throw new MissingJvmFlagsException(missing);
    }
  }
}
