/**
 * The programs that run functions inside sandbox processes, as resource files, and how they get
 * onto the disk.
 *
 * <p>Stage: <i>init</i> and <i>invoke</i>, on the far side of the channel. Neighbours: the process
 * pool extracts the files when the engine opens ({@link io.ringmaster.bootstraps.Bootstraps}); the
 * keeper starts interpreters on them; they speak the frames of {@code tools/docs/channel.md} with
 * the pool.
 *
 * <p>Owning thread: any; the only class is stateless. Inside a sandbox process the interpreter's
 * main thread reads requests and writes answers.
 *
 * <p>Invariants: an extracted tree is named after the hash of its content and is never changed
 * afterwards, so that engines of several releases can share one folder; a file appears there whole
 * or not at all (it is written beside its place, then renamed over it), so extraction needs no
 * lock. No ordering pairs: nothing here is shared between threads.
 */
package io.ringmaster.bootstraps;
