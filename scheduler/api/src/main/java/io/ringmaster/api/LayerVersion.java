package io.ringmaster.api;

import java.time.Instant;
import java.util.List;

/**
 * One version of a layer as Lambda describes it.
 *
 * @param layerArn ARN of the layer, without version
 * @param layerVersionArn ARN with the version
 * @param version 1 or more; a number is never given twice
 * @param description never null
 * @param createdDate when it was published
 * @param compatibleRuntimes as published
 * @param compatibleArchitectures as published
 * @param licenseInfo as published; null: none
 * @param codeSha256 SHA-256 of the package in Base64
 * @param codeSize bytes of the package
 */
public record LayerVersion(
    String layerArn,
    String layerVersionArn,
    long version,
    String description,
    Instant createdDate,
    List<String> compatibleRuntimes,
    List<String> compatibleArchitectures,
    String licenseInfo,
    String codeSha256,
    long codeSize) {

  /** The layer's name. */
  public String name() {
    return layerArn.substring(layerArn.lastIndexOf(':') + 1);
  }
}
