package io.ringmaster.persistence.chronicle;

import java.io.IOException;

/** Bytes were read and are not what was written there. */
final class DamagedRecordException extends IOException {
  private static final long serialVersionUID = 1L;

  DamagedRecordException(String message) {
    super(message);
  }
}
