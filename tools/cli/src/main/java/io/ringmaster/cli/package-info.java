/**
 * The command line: {@code ./ringmaster COMMAND}.
 *
 * <p>Thin: each command parses its options, calls the module that does the work ({@code
 * scheduler/api} for {@code demo}, {@code sandbox-pool/linux} for {@code doctor}, {@code
 * tests/simulation}, {@code benchmarks}) and prints. Nothing else depends on this package.
 * Everything runs on the main thread.
 *
 * <p>Invariants: with {@code --json}, standard output holds exactly one JSON document with a {@code
 * schema} field; everything for people goes to standard error. Exit statuses are those of {@link
 * io.ringmaster.cli.output.ExitStatus} only.
 */
package io.ringmaster.cli;
