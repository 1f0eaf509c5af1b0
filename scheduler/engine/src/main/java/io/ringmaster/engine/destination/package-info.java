/**
 * Where records of asynchronous invocations and dead letters go when that is not a function: SQS,
 * SNS, EventBridge and S3 at an endpoint that serves AWS's protocols, HTTP endpoints, files.
 *
 * <p>Neighbours: {@link io.ringmaster.core.event.Courier} is the side of the scheduler; when
 * something is tried again, and for how long, is decided there.
 *
 * <p>Owning thread: none; requests are answered on an HTTP client's threads, files are written by
 * one thread that nobody can interrupt. Both begin with the first delivery of their kind, and end
 * with {@link io.ringmaster.engine.destination.Destinations#close}.
 *
 * <p>Invariants: every delivery is told once what became of it; nothing is sent to a host that the
 * operator did not name, nor written outside of one folder, whatever a configuration says.
 */
package io.ringmaster.engine.destination;
