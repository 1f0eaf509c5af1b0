package io.ringmaster.api;

/** The engine cannot be opened here, or was closed. */
public class EngineException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** For the engine. */
  public EngineException(String message) {
    super(message);
  }

  /** For the engine. */
  public EngineException(String message, Throwable cause) {
    super(message, cause);
  }
}
