/**
 * The registry model: functions, {@code $LATEST}, published versions, aliases, reserved
 * concurrency, with AWS Lambda's rules and texts.
 *
 * <p>Neighbours: embedders and ingresses call {@link io.ringmaster.core.registry.Registry} through
 * {@code io.ringmaster.api.Functions}; every change goes to the dispatcher through {@code
 * io.ringmaster.core.resolve.FunctionPublisher}; packages lie in a {@code
 * io.ringmaster.persistence.spi.CodeStore}, functions in a {@code
 * io.ringmaster.persistence.spi.RegistryStore}; in-JVM handlers go to {@link
 * io.ringmaster.core.registry.InJvmHandlers}.
 *
 * <p>Owning thread: none. One lock guards the table of functions; it is held while a change is
 * published, so that changes come into force in the order in which they were made. Unpacking code
 * happens outside of it. Never called from the dispatcher thread, which the publication waits for.
 *
 * <p>Invariants: what is in the table was kept and published, and what was published is in the
 * table; a state is replaced as a whole; a version id or a version number is never used twice; each
 * version in the table holds one reference to its package; the reservations leave the account its
 * unreserved minimum.
 */
package io.ringmaster.core.registry;
