/**
 * The sockets that a server listens at: bound here, inherited from systemd, or received from the
 * server before.
 *
 * <p>Before the ingresses, which accept from them. Start-up and shut-down threads only. Invariant:
 * whoever has a descriptor of a listening socket keeps what is queued at it: connections are lost
 * only when the last one is closed. Descriptors are close-on-exec, so no function ever has one.
 */
package io.ringmaster.server.listen;
