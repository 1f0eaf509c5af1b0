package io.ringmaster.bench.floor;

import com.fasterxml.jackson.core.JsonFactory;
import io.ringmaster.sandbox.linux.runtimes.RuntimeFamily;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * What the benchmarks know of a language: the echo function's package, the floor's programs, how an
 * interpreter is started on them.
 */
public enum Language {
  /** CPython. */
  PYTHON(
      RuntimeFamily.PYTHON,
      "app.handler",
      "raw.handler",
      List.of("app.py"),
      List.of("raw.py"),
      List.of("bare_loop.py", "raw_echo.py", "fork_loop.py", "burst.py", "burst_start.py"),
      List.of("plain_start.py")),

  /** Node.js. */
  NODE(
      RuntimeFamily.NODE,
      "app.handler",
      "raw.handler",
      List.of("app.js"),
      List.of("raw.js"),
      List.of("bare_loop.cjs", "raw_echo.cjs"),
      List.of("plain_start.cjs")),

  /** A JVM. */
  JAVA(
      RuntimeFamily.JAVA,
      "App::handle",
      "Raw::handle",
      List.of("App.class"),
      List.of("Raw.class"),
      List.of(
          "BareLoop.class",
          "BareLoop$Answer.class",
          "BareLoop$Context.class",
          "BareLoop$Memory.class",
          "Json.class",
          "Json$1.class",
          "RawEcho.class"),
      List.of("PlainStart.class", "Json.class", "Json$1.class")),

  /**
   * A client of the Runtime API, in Perl: the nearest to a native program that needs no compiler.
   */
  PROVIDED(
      RuntimeFamily.PROVIDED, "any", "", List.of("bootstrap"), List.of(), List.of(), List.of());

  private final RuntimeFamily family;
  private final String handler;
  private final String rawHandler;
  private final List<String> code;
  private final List<String> rawCode;
  private final List<String> programs;
  private final List<String> plain;

  Language(
      RuntimeFamily family,
      String handler,
      String rawHandler,
      List<String> code,
      List<String> rawCode,
      List<String> programs,
      List<String> plain) {
    this.family = family;
    this.handler = handler;
    this.rawHandler = rawHandler;
    this.code = code;
    this.rawCode = rawCode;
    this.programs = programs;
    this.plain = plain;
  }

  /** Its name in ids, such as {@code python}. */
  public String id() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Whose interpreters it has. */
  public RuntimeFamily family() {
    return family;
  }

  /** The echo function's handler. */
  public String handler() {
    return handler;
  }

  /** The raw echo function's handler. */
  public String rawHandler() {
    return rawHandler;
  }

  /** Files of the echo function's package. */
  public List<String> code() {
    return code;
  }

  /** Further files of its package, for the raw echo. */
  List<String> rawCode() {
    return rawCode;
  }

  /** Files of the floor's programs. */
  List<String> programs() {
    return programs;
  }

  /** Files of the plain start, beside {@link #code}. */
  List<String> plain() {
    return plain;
  }

  /**
   * Arguments for the bare loop.
   *
   * @param folder where {@link #programs} lie
   */
  List<String> bareLoop(Path folder) {
    return switch (this) {
      case PYTHON -> List.of("-I", "-B", folder.resolve("bare_loop.py").toString());
      case NODE -> List.of(folder.resolve("bare_loop.cjs").toString());
      case JAVA -> jvm(folder, "BareLoop");
      case PROVIDED -> throw new IllegalStateException("it brings its own loop");
    };
  }

  /**
   * Arguments for the raw echo.
   *
   * @param folder where {@link #programs} lie
   */
  List<String> rawEcho(Path folder) {
    return switch (this) {
      case PYTHON -> List.of("-I", folder.resolve("raw_echo.py").toString());
      case NODE -> List.of(folder.resolve("raw_echo.cjs").toString());
      case JAVA -> jvm(folder, "RawEcho");
      case PROVIDED -> throw new IllegalStateException("it has no channel");
    };
  }

  /**
   * Arguments for the plain start, as a user would give them.
   *
   * @param folder where {@link #plain} lies
   */
  List<String> plainStart(Path folder) {
    return switch (this) {
      case PYTHON -> List.of(folder.resolve("plain_start.py").toString());
      case NODE -> List.of(folder.resolve("plain_start.cjs").toString());
      case JAVA -> List.of("-cp", folder + ":" + json(), "PlainStart");
      case PROVIDED -> throw new IllegalStateException("a plain start would have no API");
    };
  }

  /** With the options of Lambda's own Java runtimes, which the product has too. */
  private static List<String> jvm(Path folder, String program) {
    List<String> arguments =
        new ArrayList<>(List.of("-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", "-Xmx1503m"));
    arguments.addAll(List.of("-cp", folder + ":" + json(), program));
    return arguments;
  }

  /** The JSON library of the floors in Java is on this JVM's class path too. */
  private static Path json() {
    try {
      return Path.of(JsonFactory.class.getProtectionDomain().getCodeSource().getLocation().toURI());
    } catch (URISyntaxException e) {
      throw new IllegalStateException(e);
    }
  }
}
