/**
 * What the stages of an invocation's journey pass along: invocations, functions, versions,
 * sandboxes.
 *
 * <p>Stage: none; the stages import this package and not each other. Owning thread: the dispatcher
 * owns every mutable field, but for the request fields of {@link
 * io.ringmaster.core.model.PendingInvocation}, which its caller writes before the accept ring
 * publishes them.
 *
 * <p>Invariants: an invocation is in at most one waiting line or slot; a sandbox follows {@link
 * io.ringmaster.core.model.SandboxState}'s table; the counts in a version and in a function equal
 * what their lists hold.
 *
 * <p>Ordering pairs: request fields: plain stores before the ring's publish, plain loads after its
 * poll. Answer fields: plain stores before {@link
 * io.ringmaster.core.model.PendingInvocation#release}, plain loads after its acquire.
 */
package io.ringmaster.core.model;
