/**
 * The registry model: functions, {@code $LATEST}, published versions, aliases, reserved
 * concurrency, tags, policies, layers, of any number of owners, with AWS Lambda's rules and texts.
 *
 * <p>Neighbours: embedders and ingresses call {@link io.ringmaster.core.registry.Registry} through
 * {@code io.ringmaster.api.Functions} and {@code io.ringmaster.api.Layers}; every change goes to
 * the dispatcher through {@code io.ringmaster.core.resolve.FunctionPublisher}; packages lie in a
 * {@code io.ringmaster.persistence.spi.CodeStore}, functions in a {@code
 * io.ringmaster.persistence.spi.RegistryStore}; in-JVM handlers go to {@link
 * io.ringmaster.core.registry.InJvmHandlers}.
 *
 * <p>Owning thread: none. One lock is held while a change is kept and published, so that changes
 * come into force in the order in which they were made; what only reads needs it not, since states
 * are immutable and replaced as a whole. Unpacking code happens outside of it. Never called from
 * the dispatcher thread, which the publication waits for.
 *
 * <p>Invariants: what is in the table was kept and published, and what was published is in the
 * table; a state is replaced as a whole; a version id or a version number is never used twice; each
 * version in the table holds a reference to each package that it is made of, and each layer version
 * one to its own; the reservations leave the account its unreserved minimum.
 */
package io.ringmaster.core.registry;
