/**
 * The benchmarks: what the promised numbers are, and how they are measured.
 *
 * <p>{@link io.ringmaster.bench.Bench} is the entry for the command line; {@link
 * io.ringmaster.bench.Suite} is the table of benchmarks. Neighbours: {@code harness} measures a
 * thing and its floor in turn, {@code floor} holds the least that a design of this kind costs,
 * {@code product} drives the engine, {@code jmh} shows the same probes to JMH.
 *
 * <p>Owning thread: the caller's. Each benchmark runs in a JVM of its own, so that none is measured
 * with code that was compiled for another; only a quick run stays in this JVM.
 *
 * <p>Invariant: whatever has a target that is a ratio has its floor measured in the same process
 * and in turn with it.
 */
package io.ringmaster.bench;
