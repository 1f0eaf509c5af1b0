package io.ringmaster.conformance.crash;

import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.ringmaster.conformance.powerloss.MountNamespace;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** A server whose disk is full, fails, is read-only or has changed: {@code tests/run faults}. */
@Tag("long")
class FaultsTest {
  private static final int LIMIT_S = 240;

  /** The program that runs one of them, in a mount namespace of its own. */
  static final class Driver {
    private Driver() {}

    /**
     * @param words an empty folder; what is to happen
     */
    public static void main(String[] words) throws IOException {
      List<String> violations;
      try (FaultyDisk disk = new FaultyDisk(Path.of(words[0]), words[1])) {
        try {
          DiskFaults.valueOf(words[1]).run(disk);
        } finally {
          violations = disk.violations();
          violations.forEach(System.out::println);
        }
      }
      System.exit(violations.isEmpty() ? 0 : 1);
    }
  }

  @ParameterizedTest
  @EnumSource(DiskFaults.class)
  @Timeout(value = 300, threadMode = Timeout.ThreadMode.SEPARATE_THREAD)
  void whatWasAcknowledgedOutlivesIt(DiskFaults fault) throws IOException {
    MountNamespace namespace = new MountNamespace("faults-" + fault);
    String refusal = namespace.refusal("conformance.faults");
    assumeTrue(refusal == null, refusal);
    assertNull(
        namespace.run(Driver.class, List.of(namespace.folder().toString(), fault.name()), LIMIT_S),
        () -> "see " + namespace.folder());
    namespace.delete();
  }
}
