package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Which variables an interpreter reads once, when it starts. */
class StartTimeVariablesTest {
  private static boolean startsAnew(String name) {
    return StartTimeVariables.in(Map.of("MINE", "1", name, "1"));
  }

  @Test
  void whatInterpretersReadWhenTheyStart() {
    for (String name :
        List.of(
            "NODE_OPTIONS",
            "UV_THREADPOOL_SIZE",
            "NODE_USE_ENV_PROXY",
            "PYTHONHASHSEED",
            "RUBY_YJIT_ENABLE",
            "JAVA_TOOL_OPTIONS",
            "LD_PRELOAD",
            "TZ")) {
      assertTrue(startsAnew(name), name);
    }
  }

  @Test
  void whatFunctionsReadThemselves() {
    for (String name : List.of("NODE_ENV", "NODE_PATH", "NODE_NO_WARNINGS", "PATH", "RUBY")) {
      assertFalse(startsAnew(name), name);
    }
  }
}
