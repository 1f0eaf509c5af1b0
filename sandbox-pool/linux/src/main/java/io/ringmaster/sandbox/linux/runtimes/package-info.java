/**
 * Which interpreters this machine has, found by trying.
 *
 * <p>Stage: before <i>init</i>. Neighbours: the pools of {@code io.ringmaster.sandbox.linux} start
 * their templates with what is found here; {@code doctor} lists it, which is why the types are
 * public.
 *
 * <p>Owning thread: none; everything is immutable or safe for all threads. Finding takes tens of
 * milliseconds and starts processes: never on a dispatcher.
 *
 * <p>Invariants: an interpreter counts only when it ran, without any variable of the caller's, and
 * told its version; its path is that of the real executable, never a version manager's shim. Which
 * identifiers there are, and what they ask for, stands in {@code runtimes.json} and nowhere else; a
 * test of the architecture compares the registry's list with it.
 *
 * <p>Ordering pairs: none.
 */
package io.ringmaster.sandbox.linux.runtimes;
