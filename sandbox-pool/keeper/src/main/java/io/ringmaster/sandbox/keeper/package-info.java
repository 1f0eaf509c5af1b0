/**
 * The keeper: the small privileged process that forks, kills and reaps sandboxes for an engine.
 *
 * <p>Stage: below <i>init</i> and <i>invoke</i>; a process of its own. Neighbours: the engine's
 * sandbox pool at the other end of descriptor 3, zygotes (template processes such as {@code
 * zygote.py}) which it starts. It shares with the engine only the wire, {@link
 * io.ringmaster.sandbox.system.Op}; no other module uses this one.
 *
 * <p>Owning thread: one, the main thread, for everything.
 *
 * <p>Invariants: it runs no function code and reads nothing that a sandbox wrote; every process
 * below it dies with it (as PID 1 of a pid namespace by the kernel's rule; without one by its own
 * effort and that of each sandbox's PID 1), and it dies with the engine; a pid it knows is never
 * reused, for it alone reaps; every FORK is answered once, every FORKED followed by one EXIT.
 *
 * <p>Ordering pairs: none; the wire keeps the order of messages.
 */
package io.ringmaster.sandbox.keeper;
