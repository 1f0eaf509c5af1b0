package io.ringmaster.core.registry;

import io.ringmaster.api.FunctionCode;

/**
 * Where the code of in-JVM functions is found by version. Implemented by the in-JVM driver. Any
 * thread.
 */
public interface InJvmHandlers {

  /** Makes the code of a version known; called before the version is published. */
  void register(long versionId, FunctionCode.InJvm code);

  /**
   * The version is gone: called after that came into force. What was admitted before may still need
   * the code; when it is forgotten is for the implementation to decide.
   */
  void unregister(long versionId);
}
