/**
 * Linux as the sandbox pool sees it: system calls through the foreign-function interface, process
 * creation, and the wire between engine and keeper.
 *
 * <p>Stage: below <i>init</i> and <i>invoke</i>. Neighbours: {@code io.ringmaster.sandbox.linux}
 * (the engine's side) and {@code io.ringmaster.sandbox.keeper} (the privileged process) use it; it
 * uses nothing but the JDK.
 *
 * <p>Owning thread: each {@link io.ringmaster.sandbox.system.Linux} belongs to one thread, and so
 * does every {@link io.ringmaster.sandbox.system.Wire} made with it; different threads make their
 * own.
 *
 * <p>Invariants: a call that fails answers the negative errno and throws nothing, unless its name
 * ends in a noun that says otherwise in its Javadoc; nothing is allocated by a call that is
 * documented as such; all numbers and layouts that differ between x86_64 and arm64 stand in {@link
 * io.ringmaster.sandbox.system.SystemCall} and {@link io.ringmaster.sandbox.system.Architecture}.
 *
 * <p>Ordering pairs: none; nothing here is shared between threads.
 */
package io.ringmaster.sandbox.system;
