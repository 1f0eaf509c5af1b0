/**
 * What a server is told by those who may use its data folder: a Unix socket in that folder, with
 * the folder's owner as the only one who may connect. Not by HTTP: there everybody on this machine
 * may ask.
 *
 * <p>Beside the ingresses. One thread of the server's own accepts and answers, one request at a
 * time; the other side is the command line or the next server. Invariant: a request is one message,
 * its answer zero or more {@code PROGRESS}, then {@code DONE}, {@code FAILED}, or for a take-over
 * {@code SOCKETS}, after the next server's {@code TAKEN} and the end of what runs {@code RELEASED},
 * and the next server's {@code READY}. A connection that ends before that means that the server
 * goes on.
 */
package io.ringmaster.server.control;
