/**
 * Floors: the least that a design of this kind costs, without the engine.
 *
 * <p>Neighbours: {@code harness} runs them in turn with what {@code product} has. Each probe
 * belongs to the thread that opened it; {@link io.ringmaster.bench.floor.IdleFloor} and {@link
 * io.ringmaster.bench.floor.DisruptorFloor} have further threads, which run during a round or sleep
 * in a system call.
 *
 * <p>Invariants: a floor does the same work for the function as the product's runtime does (decode
 * the event, context object, handler, encode), over the same form of channel; between its rounds it
 * uses no processor time; its processes end with it, and with this JVM, because they read
 * end-of-file.
 *
 * <p>Ordering pairs: see the two classes with threads.
 */
package io.ringmaster.bench.floor;
