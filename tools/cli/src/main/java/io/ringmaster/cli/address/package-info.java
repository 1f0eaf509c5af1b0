/**
 * Where the commands that talk to a server find it: before {@link io.ringmaster.cli.client}, after
 * {@link io.ringmaster.server.config}, which it reads as {@code serve} does. Stateless: any thread,
 * no fields, no ordering.
 */
package io.ringmaster.cli.address;
