/**
 * What the dispatcher and its sandbox drivers say to each other.
 *
 * <p>Stage: between <i>place</i> (scheduler) and <i>init</i> / <i>invoke</i> (sandbox pool).
 * Neighbours: {@code io.ringmaster.core} calls {@link io.ringmaster.sandbox.spi.SandboxDriver}; the
 * process pool, the in-JVM handlers and the simulator implement it.
 *
 * <p>Owning thread: the dispatcher, for everything but {@link
 * io.ringmaster.sandbox.spi.Sleeper#wake()} (any thread) and {@link
 * io.ringmaster.sandbox.spi.SandboxLogs} (the log agent).
 *
 * <p>Invariants: one invocation per slot; every offered invocation ends in exactly one of {@code
 * response}, {@code skipped}, {@code exited}, {@code failed} or {@code initFailed} unless the
 * dispatcher itself reset or discarded the sandbox before; no event of a discarded sandbox is ever
 * delivered; a sandbox id is not used again before its {@code exited} or the return of {@code
 * discard}.
 */
package io.ringmaster.sandbox.spi;
