package io.ringmaster.api;

/**
 * What is to be published, for {@link Functions#publishVersion(String, PublishRequest)}.
 *
 * @param description replaces the function's description in the version; null: the function's
 * @param codeSha256 the hash that the code of {@code $LATEST} must have, in Base64; null: any
 * @param revisionId the revision that {@code $LATEST} must have; null: any
 */
public record PublishRequest(String description, String codeSha256, String revisionId) {}
