/**
 * Stage <b>record</b>: START, END and REPORT lines, the function's output, log tails, recent logs.
 *
 * <p>Neighbours: the dispatcher writes through {@link io.ringmaster.core.record.InvocationRecords},
 * an {@code InvocationRecorder}; sandboxes' output comes from {@code
 * io.ringmaster.sandbox.spi.SandboxLogs}, in-JVM handlers' lines from {@link
 * io.ringmaster.core.record.HandlerLines}; a settled invocation whose caller wants the log tail
 * leaves through the hook that {@link io.ringmaster.core.record.LogAgent} was given.
 *
 * <p>Owning threads: the dispatcher writes records, any thread writes lines and asks for recent
 * logs, the log agent does all else.
 *
 * <p>Invariants: the dispatcher never waits for the log; an invocation that the recorder took is
 * completed exactly once; output is attributed only after every record was read that was published
 * before the output was written, so that the invocation that wrote it is known; what is kept is
 * bounded: 64 KiB a function, 1,024 functions, 4 KiB a tail.
 *
 * <p>Ordering pairs: fields of a record: plain stores before the ring's publish (release), plain
 * loads after the poller's read of its cursor (acquire). Wake-ups: see {@link
 * io.ringmaster.core.record.LogBell}.
 */
package io.ringmaster.core.record;
