package io.ringmaster.persistence.files;

import java.io.Serial;

/** A file has another content than was written. */
final class DamagedFileException extends Exception {
  @Serial private static final long serialVersionUID = 1;

  DamagedFileException(String message) {
    super(message);
  }

  DamagedFileException(String message, Throwable cause) {
    super(message, cause);
  }
}
