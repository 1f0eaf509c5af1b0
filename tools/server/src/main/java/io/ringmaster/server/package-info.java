/**
 * The server: the only assembly of everything. It opens an engine on a data folder, puts the
 * ingresses in front of it, tells how it is, and stops in order.
 *
 * <p>Started by the command line. Threads: the starting thread starts and stops; pages run on the
 * HTTP ingress's threads for them; the control socket has one of its own. Invariants: nothing is
 * accepted before the engine serves; when it stops, {@code health/ready} answers 503 first, then
 * nothing more is accepted, then what runs may end, then the engine goes, and the data folder last.
 */
package io.ringmaster.server;
