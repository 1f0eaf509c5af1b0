/**
 * What the engine asks of storage: bytes and keys, no words of scheduling.
 *
 * <p>Neighbours: {@code io.ringmaster.core} calls it; {@code io.ringmaster.persistence.files} and
 * {@code io.ringmaster.persistence.chronicle} implement it. Owning thread: none, {@link
 * io.ringmaster.persistence.spi.CodeStore}, {@link io.ringmaster.persistence.spi.RegistryStore} and
 * {@link io.ringmaster.persistence.spi.Journal} may be used by many threads at once, {@link
 * io.ringmaster.persistence.spi.LogStore} by one at a time; calls do file I/O and never come from
 * the dispatcher, but for the journal's: these hand over and do not wait.
 *
 * <p>Invariants: code that has a key is complete and never changes; it stays as long as somebody
 * holds a reference to it. What the registry's store acknowledged is there after a crash, and an
 * event that the journal acknowledged until it is settled. Log streams only grow at their ends.
 */
package io.ringmaster.persistence.spi;
