/**
 * What the engine asks of storage: bytes and keys, no words of scheduling.
 *
 * <p>Neighbours: {@code io.ringmaster.core} calls it; {@code io.ringmaster.persistence.files}
 * implements it. Owning thread: none, every type may be used by many threads at once; calls do file
 * I/O and never come from the dispatcher.
 *
 * <p>Invariants: what has a key is complete and never changes; it stays as long as somebody holds a
 * reference to it.
 */
package io.ringmaster.persistence.spi;
