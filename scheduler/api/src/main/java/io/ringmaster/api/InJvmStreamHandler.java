package io.ringmaster.api;

/**
 * Trusted function code in the engine's own JVM that streams its answer; see {@link InJvmHandler}.
 */
@FunctionalInterface
public interface InJvmStreamHandler {

  /**
   * Handles one event. The answer ends when it returns; what it throws breaks the answer off.
   *
   * @param event valid during the call only
   * @param response the answer; see {@link InJvmHandler.InJvmResponse#stream}
   */
  void handle(InJvmHandler.InJvmEvent event, InJvmHandler.ResponseOutput response) throws Exception;
}
