/**
 * Stage <b>settle</b>: each invocation gets exactly one terminal answer, and its caller is told.
 *
 * <p>Neighbours: after <i>invoke</i> (sandbox pool) or after a refusal of any stage; before
 * <i>record</i>. The dispatcher settles; callbacks run on the completion agent, or on the
 * dispatcher if they promised not to block.
 *
 * <p>A streamed answer's parts go the same way before it: {@link
 * io.ringmaster.core.model.StreamedResponse} keeps them in order whatever thread tells them, {@link
 * io.ringmaster.core.settle.CreditStack} brings back what callers consumed.
 *
 * <p>Invariants: an invocation settles once; no part is told after its terminal answer; after
 * {@link io.ringmaster.core.model.PendingInvocation#release} the dispatcher never touches it again.
 *
 * <p>Ordering pair: a JCTools queue between dispatcher and completion agent; the agent's sleep has
 * a full fence on both sides (see {@link io.ringmaster.core.settle.Completions}).
 */
package io.ringmaster.core.settle;
