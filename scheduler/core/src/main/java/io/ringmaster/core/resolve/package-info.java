/**
 * Stage <b>resolve</b>: name, ARN or qualifier → alias (weighted) → one version.
 *
 * <p>Neighbours: after <i>accept</i>, before <i>admit</i>. The registry publishes immutable {@link
 * io.ringmaster.core.resolve.FunctionDefinition}s through {@link
 * io.ringmaster.core.resolve.FunctionPublisher}; the dispatcher thread alone reads and writes the
 * tables made of them.
 *
 * <p>Invariants: a definition is replaced as a whole; a version's id is never used again.
 */
package io.ringmaster.core.resolve;
