/**
 * What every command ends in: text for people, one document for programs, an exit status.
 *
 * <p>Used by all commands; uses nothing of them. {@code Output.progress} may be called from any
 * thread, everything else belongs to the main thread. Invariant: with {@code --json}, standard
 * output holds exactly one document.
 */
package io.ringmaster.cli.output;
