package io.ringmaster.sandbox.linux.runtimes;

import java.nio.file.Path;

/**
 * An interpreter that works.
 *
 * @param family such as {@code python}
 * @param executable the real executable
 * @param major first part of its version
 * @param minor second part of its version
 * @param version whole version, such as {@code 3.11.7}
 */
public record Interpreter(String family, Path executable, int major, int minor, String version) {}
