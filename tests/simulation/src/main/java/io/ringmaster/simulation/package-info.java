/**
 * A deterministic simulation of the dispatcher: the real one, turned by hand, with simulated
 * drivers, a virtual clock and faults drawn from a seed.
 *
 * <p>Stage: none; it plays the neighbours of {@code scheduler/core} on both sides: callers and
 * registry before it, {@link io.ringmaster.sandbox.spi.SandboxDriver}s behind it.
 *
 * <p>Owning thread: one; the whole world of a run belongs to the thread that runs it. What other
 * threads do in production (submit while the dispatcher falls asleep, run between a publish and the
 * publisher's next instruction) is played at the places where the sleeper's contract allows it.
 *
 * <p>Invariants checked: each call settles exactly once, with the answer that its own sandbox gave;
 * one invocation per slot; limits never exceeded and never applied too early; time-outs and
 * keep-alives kept; nothing waits while a slot of its version is free; no wake-up lost; late
 * answers ignored; at the end no unit, timer or environment is left. The {@link
 * io.ringmaster.simulation.Referee} counts for itself.
 *
 * <p>Ordering pairs: none.
 */
package io.ringmaster.simulation;
