package io.ringmaster.sandbox.linux.runtimes;

import java.nio.file.Path;

/**
 * An interpreter that works.
 *
 * @param family {@code python}, {@code node}, {@code java}, {@code ruby} or {@code provided}
 * @param executable the real executable; null for {@code provided}, where the package brings it
 * @param major first part of its version; 0 for {@code provided}
 * @param minor second part of its version, 0 where it has none
 * @param version whole version, such as {@code 3.11.7}; empty for {@code provided}
 */
public record Interpreter(String family, Path executable, int major, int minor, String version) {

  /** What serves functions that bring their own runtime. */
  static final Interpreter PROVIDED = new Interpreter("provided", null, 0, 0, "");
}
