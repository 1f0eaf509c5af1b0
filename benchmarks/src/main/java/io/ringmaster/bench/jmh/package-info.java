/**
 * The micro benchmarks under JMH, for its profilers and its forks: {@code java -jar
 * benchmarks/target/benchmarks.jar}, with {@code ab} product and floor in turn.
 *
 * <p>Neighbours: {@code product} and {@code floor} have what is measured, {@link
 * io.ringmaster.bench.Bench} judges. JMH's threads own the states, one thread each.
 *
 * <p>Invariants: a fork measures one side and closes what it opened; a figure has the unit that its
 * id has in the suite. Ordering pairs: none of its own.
 */
package io.ringmaster.bench.jmh;
