/**
 * The dispatcher: composes the stages into the journey of one invocation.
 *
 * <p>accept → resolve → admit → place → (init, invoke: the drivers') → settle → record. Its duty
 * cycle is four calls: settle what finished, take what arrived, serve what waits, expire what aged.
 *
 * <p>Owning thread: one dispatcher thread per shard owns all mutable scheduling state: no locks, no
 * clock of its own, nothing that blocks, no allocation when warm. It is deterministic: the same
 * commands, driver events and clock give the same decisions. Other threads reach it through the
 * accept ring and the command queue only.
 *
 * <p>Invariants: each invocation settles exactly once and begins once at most; one invocation runs
 * per slot; limits are never exceeded.
 */
package io.ringmaster.core.dispatch;
