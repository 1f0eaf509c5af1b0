package io.ringmaster.sandbox.linux.runtimes;

/**
 * The interpreter that serves a runtime identifier.
 *
 * @param runtime identifier, such as {@code python3.13}
 * @param interpreter null: there is none
 * @param match {@code exact}: of that very minor version; {@code nearest}: of another one; {@code
 *     none}
 */
public record RuntimeMatch(String runtime, Interpreter interpreter, String match) {}
