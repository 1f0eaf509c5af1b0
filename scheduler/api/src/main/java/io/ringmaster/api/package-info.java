/**
 * The engine as its users see it: functions, versions, aliases, invocations.
 *
 * <p>No dependencies. {@link io.ringmaster.api.Engine} is the door; implementations come from
 * {@code ringmaster-engine}, found by {@link java.util.ServiceLoader}. All types are safe for use
 * by many threads unless they say otherwise ({@link io.ringmaster.api.Call} belongs to one
 * invocation at a time). Expected refusals of an invocation (throttled, not found, invalid) are
 * values, {@link io.ringmaster.api.Refusal}; those of management calls are thrown as {@link
 * io.ringmaster.api.LambdaException}, with the same content.
 */
package io.ringmaster.api;
