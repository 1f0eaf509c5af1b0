/**
 * The journal of the server that is killed: cycles so short that a round sees several, and file
 * operations that stop where the round wants the kill. In the journal's package, because its sizes
 * and its file operations are nobody else's.
 */
package io.ringmaster.persistence.chronicle;
