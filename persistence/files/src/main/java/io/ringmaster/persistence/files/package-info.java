/**
 * Storage in files: deployment packages, unpacked once and shared, the registry's records, and log
 * streams.
 *
 * <p>Neighbours: implements {@code io.ringmaster.persistence.spi}. Owning thread: none; {@link
 * io.ringmaster.persistence.files.FileCodeStore} guards its table with one lock and does long file
 * work outside of it; {@link io.ringmaster.persistence.files.FileLogStore} belongs to the thread
 * that writes logs; {@link io.ringmaster.persistence.files.FileRegistryStore} has a thread of its
 * own.
 *
 * <p>Invariants: a folder that carries a key as its name is complete (written under another name,
 * synced, renamed) and is never written again; no path of a package leads out of its folder;
 * nothing is unpacked before its declared sizes were checked, and nothing larger than declared is
 * ever written.
 */
package io.ringmaster.persistence.files;
