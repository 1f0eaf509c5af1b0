/**
 * What every ingress does with an invocation before the engine has it: it checks that the event is
 * JSON, and looks up what a dry run is for.
 *
 * <p>Stage <em>accept</em>, between an ingress and {@link io.ringmaster.api.Engine}. Any thread.
 */
package io.ringmaster.ingress;
