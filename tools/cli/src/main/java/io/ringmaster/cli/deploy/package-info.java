/**
 * {@code deploy}: from a folder, a zip or a jar to a function that is active.
 *
 * <p>Looks at the files, guesses what nobody said and says so, makes a package whose bytes depend
 * on the files' names, contents and executable bits only, and talks to the server as any client
 * does (package {@code client}). Main thread only. Invariant: what was said on the command line is
 * never guessed; where two guesses are possible none is made.
 */
package io.ringmaster.cli.deploy;
