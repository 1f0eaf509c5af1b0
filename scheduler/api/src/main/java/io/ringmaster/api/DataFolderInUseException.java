package io.ringmaster.api;

/** Another engine uses the data folder. */
public final class DataFolderInUseException extends EngineException {
  private static final long serialVersionUID = 1L;

  /** For the engine. */
  public DataFolderInUseException(String message) {
    super(message);
  }
}
