/**
 * Sandboxes as real processes: the driver, its pools of generic sandboxes, their logs, the sleeper,
 * and the client of the keeper.
 *
 * <p>Stage: <i>init</i> and <i>invoke</i>. Neighbours: the dispatcher and the log agent, by {@code
 * io.ringmaster.sandbox.spi}; {@code .channel} speaks to a process, {@code .runtimes} finds
 * interpreters; {@code io.ringmaster.sandbox.system} makes the system calls and carries the wire to
 * the keeper.
 *
 * <p>Owning threads: the <b>dispatcher</b> owns {@link
 * io.ringmaster.sandbox.linux.ProcessSandboxDriver} and all its state (environments, processes,
 * pools); the <b>keeper's client</b> ({@code ringmaster-sandboxes}) owns the wire, the keeper's
 * life, forks and pipes in the making; the <b>log agent</b> owns {@link
 * io.ringmaster.sandbox.linux.PipeLogs}; the <b>folder remover</b> ({@code ringmaster-folders})
 * deletes; {@code ringmaster-runtimes} looks for interpreters; the <b>copier</b> ({@code
 * ringmaster-copier}) moves large payloads. They talk by queues only: commands to the client, notes
 * to the dispatcher, new pipes to the log agent, folders to the remover, transfers to the copier
 * and back; each is bounded by the number of processes allowed.
 *
 * <p>Invariants: states change by the tables of {@link io.ringmaster.sandbox.linux.ProcessState}
 * and {@link io.ringmaster.sandbox.linux.EnvironmentState} only; a process serves at most one
 * environment in its life, an environment has at most one process at a time; an exit is told after
 * everything that the process wrote to its response pipe, and when nothing of it runs any more;
 * descriptors of an idle sandbox: request pipe, response pipe, log pipe, pidfd.
 *
 * <p>Ordering pairs: {@link io.ringmaster.sandbox.linux.EpollSleeper} (waiting flag, full fences on
 * both sides, which the words of {@link io.ringmaster.sandbox.linux.PolledChannels} use too);
 * {@link io.ringmaster.sandbox.linux.LogPipe} (owner: release by the dispatcher, acquire by the log
 * agent); all else crosses through concurrent queues, whose insertion happens before removal.
 */
package io.ringmaster.sandbox.linux;
