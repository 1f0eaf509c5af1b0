/**
 * Stage <b>accept</b>: a caller's thread claims a slot of the ring, and wakes the dispatcher if it
 * sleeps.
 *
 * <p>Neighbours: before it the ingresses and embedders, after it <i>resolve</i>. Any thread
 * publishes; the dispatcher alone takes.
 *
 * <p>Three rules: a producer only ever tries ({@code tryNext}; a full ring is an answer, never a
 * wait); slots carry references, never payload bytes; the wait strategy is ours.
 *
 * <p>Ordering pair: the ring's {@code publish} is only a release store, so {@link
 * io.ringmaster.core.accept.RingingWaitStrategy} puts a full fence behind it before it looks
 * whether the dispatcher waits; the dispatcher's fence is in {@link
 * io.ringmaster.sandbox.spi.Sleeper#await}.
 */
package io.ringmaster.core.accept;
