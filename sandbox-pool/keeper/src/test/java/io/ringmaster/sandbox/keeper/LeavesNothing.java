package io.ringmaster.sandbox.keeper;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringmaster.sandbox.system.Errno;
import io.ringmaster.sandbox.system.Linux;
import java.io.File;
import java.security.SecureRandom;
import org.junit.jupiter.api.AfterEach;

/** After each test there is no process and no descriptor more than before. */
abstract class LeavesNothing {
  static {
    new SecureRandom().nextInt(); // temporary folders need it, and it keeps its two files open
  }

  private final int openBefore = open();

  static int open() {
    return new File("/proc/self/fd").list().length;
  }

  @AfterEach
  void nothingIsLeft() {
    assertEquals(openBefore, open());
    assertEquals(-Errno.ECHILD, new Linux().wait4(-1, 0, Linux.WNOHANG, 0));
  }
}
