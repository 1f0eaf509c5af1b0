package io.ringmaster.sandbox.linux;

import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Variables that an interpreter, the C library or the dynamic linker reads when a process starts: a
 * function that sets one cannot be bound to a process that runs already. Those that are read when
 * they are needed ({@code NODE_ENV}, {@code NODE_TLS_REJECT_UNAUTHORIZED}, {@code AWS_…}, {@code
 * GEM_PATH}, and {@code NODE_PATH} and {@code NODE_NO_WARNINGS}, which the bootstrap looks at when
 * it is bound) are not among them. Stateless.
 *
 * <p>Sources: ld.so(8), malloc(3) with mallopt(3), environ(7), locale(7), tzset(3), OpenSSL's
 * openssl-env(7); and of each runtime what stands at its names below.
 */
final class StartTimeVariables {
  /** The script that starts the interpreter in the place of the runtime. */
  static final String WRAPPER = "AWS_LAMBDA_EXEC_WRAPPER";

  private static final Set<String> ALL =
      Set.of(
          WRAPPER,
          "TZ",
          "TZDIR",
          "LANG",
          "LANGUAGE",
          "LOCPATH",
          "GCONV_PATH",
          "GLIBC_TUNABLES",
          "OPENSSL_CONF",
          "OPENSSL_CONF_INCLUDE",
          "OPENSSL_MODULES",
          "OPENSSL_ENGINES",
          "OPENSSL_ia32cap",
          "OPENSSL_armcap");

  private static final List<String> ALL_PREFIXES = List.of("LD_", "LC_", "MALLOC_");

  /**
   * Node's manual, "Command-line API", section "Environment variables", and libuv's guide for the
   * last ones. Its store of certificates is made once, and SSL's variables are looked at then.
   */
  private static final Set<String> NODE =
      Set.of(
          "NODE_OPTIONS",
          "NODE_EXTRA_CA_CERTS",
          "NODE_USE_SYSTEM_CA",
          "NODE_USE_ENV_PROXY",
          "NODE_ICU_DATA",
          "NODE_PENDING_DEPRECATION",
          "NODE_REDIRECT_WARNINGS",
          "NODE_DEBUG",
          "NODE_DEBUG_NATIVE",
          "NODE_V8_COVERAGE",
          "NODE_COMPILE_CACHE",
          "NODE_COMPILE_CACHE_PORTABLE",
          "NODE_DISABLE_COMPILE_CACHE",
          "NODE_PRESERVE_SYMLINKS",
          "NODE_PRESERVE_SYMLINKS_MAIN",
          "NODE_SKIP_PLATFORM_CHECK",
          "NODE_TEST_CONTEXT",
          "SSL_CERT_FILE",
          "SSL_CERT_DIR",
          "UV_THREADPOOL_SIZE",
          "UV_USE_IO_URING");

  /**
   * The manual of {@code java}, "JDK_JAVA_OPTIONS" and "JAVA_TOOL_OPTIONS"; the JVM Tool Interface.
   * Lambda drops names that begin with an underscore, but a JVM that is started elsewhere reads it.
   */
  private static final Set<String> JAVA =
      Set.of("JAVA_TOOL_OPTIONS", "_JAVA_OPTIONS", "JDK_JAVA_OPTIONS");

  private StartTimeVariables() {}

  /**
   * Whether a function's own variables hold one.
   *
   * @param family of the interpreter, as {@link
   *     io.ringmaster.sandbox.linux.runtimes.Interpreter#family()} has it
   */
  static boolean in(String family, Map<String, String> environment) {
    for (String name : environment.keySet()) {
      if (ALL.contains(name)
          || ALL_PREFIXES.stream().anyMatch(name::startsWith)
          || isRuntimes(family, name)) {
        return true;
      }
    }
    return false;
  }

  private static boolean isRuntimes(String family, String name) {
    return switch (family) {
      case "node" -> NODE.contains(name);
      case "java" -> JAVA.contains(name);
      // "Command line and environment" of Python's manual: all of its names begin so.
      case "python" -> name.startsWith("PYTHON");
      // ruby(1), "ENVIRONMENT", and gc.c: RUBYOPT, RUBYLIB, RUBY_GC_…, RUBY_YJIT_…, and more.
      case "ruby" ->
          name.startsWith("RUBY_") || List.of("RUBYOPT", "RUBYLIB", "RUBYPATH").contains(name);
      default -> false;
    };
  }
}
