/**
 * Deadlines on a wheel: time-outs of running invocations, of inits, and of waiting lines.
 *
 * <p>Stage: none; used by <i>place</i> and by the dispatcher. Owning thread: the dispatcher. Has no
 * clock: the present is passed in.
 */
package io.ringmaster.core.timer;
