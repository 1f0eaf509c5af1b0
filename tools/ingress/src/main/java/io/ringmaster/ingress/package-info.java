/**
 * What every ingress does with an invocation before the engine has it: it checks that the event is
 * JSON, and keeps invocations of type {@code Event} until they have run.
 *
 * <p>Stage <em>accept</em>, between an ingress and {@link io.ringmaster.api.Engine}. Any thread.
 * Invariant: an event that was accepted is tried until it has an outcome, the backlog is closed or
 * six hours have passed; how many there may be, and how many bytes, is bounded over all ingresses
 * that share the backlog.
 */
package io.ringmaster.ingress;
