package io.ringmaster.sandbox.linux;

import java.util.Map;
import java.util.Set;

/**
 * Variables that an interpreter, the C library or the dynamic linker reads when a process starts: a
 * function that sets one cannot be bound to a process that runs already. Stateless.
 */
final class StartTimeVariables {
  /** The script that starts the interpreter in the place of the runtime. */
  static final String WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER";

  private static final Set<String> NAMES =
      Set.of(
          WRAPPER,
          "NODE_OPTIONS",
          "NODE_EXTRA_CA_CERTS",
          "NODE_COMPILE_CACHE",
          "NODE_DEBUG",
          "NODE_PENDING_DEPRECATION",
          "NODE_PRESERVE_SYMLINKS",
          "NODE_USE_ENV_PROXY",
          "NODE_USE_SYSTEM_CA",
          "NODE_V8_COVERAGE",
          "UV_THREADPOOL_SIZE",
          "JAVA_TOOL_OPTIONS",
          "_JAVA_OPTIONS",
          "JDK_JAVA_OPTIONS",
          "RUBYOPT",
          "RUBYLIB",
          "TZ",
          "LANG",
          "LANGUAGE",
          "OPENSSL_CONF",
          "GLIBC_TUNABLES");

  private StartTimeVariables() {}

  /** Whether a function's own variables hold one. */
  static boolean in(Map<String, String> environment) {
    for (String name : environment.keySet()) {
      if (NAMES.contains(name)
          || name.startsWith("PYTHON")
          || name.startsWith("RUBY_")
          || name.startsWith("LD_")
          || name.startsWith("LC_")
          || name.startsWith("MALLOC_")) {
        return true;
      }
    }
    return false;
  }
}
