/**
 * The same probes as JMH benchmarks, for its profilers: {@code java -jar
 * benchmarks/target/benchmarks.jar}.
 *
 * <p>Neighbours: {@code product} and {@code floor} have what is measured. JMH's threads own the
 * states, one thread each. What depends on a floor in the same run is judged by {@link
 * io.ringmaster.bench.Bench}, not here.
 *
 * <p>Invariant: each state closes what it opened. Ordering pairs: none of its own.
 */
package io.ringmaster.bench.jmh;
