/**
 * The product's side of each benchmark: the embedded engine as its callers use it, or the
 * dispatcher turned by hand.
 *
 * <p>Neighbours: {@code harness} runs these probes in turn with those of {@code floor}. Each
 * belongs to the thread that opened it; the engine's threads are its own.
 *
 * <p>Invariants: every call settles before a round ends; an answer that is not the echo ends the
 * benchmark; between rounds the engine is asleep; {@code close} closes the engine, which leaves
 * nothing behind.
 *
 * <p>Ordering pairs: callbacks run on the dispatcher and count in fields with that one writer,
 * published by volatile stores, or hand the call back through a queue.
 */
package io.ringmaster.bench.product;
