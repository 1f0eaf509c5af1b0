package io.ringmaster.persistence.spi;

import java.nio.file.Path;

/**
 * A stored deployment package.
 *
 * @param key what {@link CodeStore#retain} and {@link CodeStore#release} take: lower-case
 *     hexadecimal SHA-256
 * @param sha256 the same hash in Base64: of the archive's bytes; of names, modes and contents where
 *     there was no archive
 * @param sizeBytes size of the archive; the sum of the files where there was none
 * @param folder the unpacked content; valid while a reference is held
 */
public record StoredCode(String key, String sha256, long sizeBytes, Path folder) {}
