/**
 * A client of {@code ringmaster.v1}, for programs in other processes. It sees the published
 * interface only, nothing of the server.
 *
 * <p>Threads: every method may be called from any thread. Answers arrive on the connection's event
 * loop; a stream's calls are written by a thread of the client's, so that calls which come while
 * one message is written travel in the next one together.
 */
package io.ringmaster.grpc.client;
