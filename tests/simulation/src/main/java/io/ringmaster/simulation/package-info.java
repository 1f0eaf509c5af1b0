/**
 * A deterministic simulation of the dispatcher: the real one, turned by hand, with simulated
 * drivers, a virtual clock and faults drawn from a seed. Beside it one of asynchronous invocation
 * ({@link io.ringmaster.simulation.EventRun}): the real door and agent, over a journal that loses
 * what was not forced when its process is killed.
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
 * <p>Of events: none that was acknowledged is lost, over any number of restarts; none runs after
 * its end was durable; retries come in time and no more often than is said, but for outcomes that a
 * kill took with it; none is given up as too old before it is, whoever sets the clock. The {@link
 * io.ringmaster.simulation.EventReferee} knows what was durable.
 *
 * <p>Ordering pairs: none.
 */
package io.ringmaster.simulation;
