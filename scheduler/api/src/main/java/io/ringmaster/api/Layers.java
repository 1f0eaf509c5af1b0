package io.ringmaster.api;

import java.io.InputStream;
import java.util.List;

/**
 * Layers of one owner, with AWS Lambda's meaning. {@code name} is a layer's name or its ARN.
 *
 * <p>Any thread but the dispatcher's.
 *
 * @see LambdaException every method throws it for what AWS refuses
 */
public interface Layers {

  /** Publishes the next version of a layer, its first one if there is none. */
  LayerVersion publish(LayerSpec spec);

  /** One version. 404 if there is none. */
  LayerVersion get(String name, long version);

  /** One version by its ARN. 404 if there is none. */
  LayerVersion getByArn(String layerVersionArn);

  /**
   * The newest version of every layer, by name.
   *
   * @param after name after which to begin; null: at the start
   * @param max how many at most, 1 or more
   */
  Page<LayerVersion> list(String after, int max);

  /** All versions of a layer, newest first; none of a layer that is not there. */
  List<LayerVersion> listVersions(String name);

  /**
   * Deletes a version; nothing happens if there is none. Functions that have it keep it, and its
   * number is not given again.
   */
  void delete(String name, long version);

  /** The package of a version as it was uploaded; see {@link Functions#openCode}. To be closed. */
  InputStream openCode(String name, long version);
}
