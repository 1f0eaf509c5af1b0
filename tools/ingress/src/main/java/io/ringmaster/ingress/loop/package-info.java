/**
 * Event loops that ingresses share, and the turn of each: stage <em>accept</em>, between Netty and
 * the ingresses.
 *
 * <p>Threads: everything of a loop happens on its thread, but for {@link
 * io.ringmaster.ingress.loop.LoopTurn#post}, which is the dispatcher's.
 *
 * <p>Invariants: what was read is submitted before the loop sleeps, and news that the engine has
 * are taken before it sleeps; neither waits for more to come.
 *
 * <p>Ordering pairs: that of {@link io.ringmaster.ingress.loop.LoopTurn} between a loop that falls
 * asleep and an engine that has news; and a push into its list (a successful compare-and-set)
 * before the taking of it (get-and-set), so that the fields of a settled call are seen there.
 */
package io.ringmaster.ingress.loop;
