/**
 * {@code serve} and what is done to a server by way of its data folder: {@code backup}.
 *
 * <p>Parses what {@code tools/server} declares and starts what it assembles. The main thread starts
 * and stops the server; signals arrive on the JVM's own thread and only ask. Invariant: the first
 * line on standard output is the ready line, and nothing else is printed there.
 */
package io.ringmaster.cli.serve;
