/**
 * What a server may be told, and what it was told: each option is declared once, in {@link
 * io.ringmaster.server.config.Options}; the flags of the command line, the variables, the keys of
 * the configuration file and the reference page come from there.
 *
 * <p>Used by the server and the command line; uses nothing of them. Everything is immutable once
 * made; any thread. Invariant: a {@link io.ringmaster.server.config.Configuration} holds a valid
 * value of every option, or was not made.
 */
package io.ringmaster.server.config;
