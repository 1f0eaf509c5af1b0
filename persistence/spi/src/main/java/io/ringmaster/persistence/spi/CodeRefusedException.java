package io.ringmaster.persistence.spi;

import java.util.Objects;

/** A deployment package was refused by the fault of whoever made it. */
public final class CodeRefusedException extends Exception {
  private static final long serialVersionUID = 1L;

  /** Kinds of refusal, with the text that AWS answers. */
  public enum Reason {
    /** The archive itself is too large. */
    ZIPPED_TOO_LARGE("Zipped size must be smaller than 52428800 bytes"),
    /** There is no file in it. */
    EMPTY("Uploaded file must be a non-empty zip"),
    /** Its content is too large. */
    UNZIPPED_TOO_LARGE("Unzipped size must be smaller than 262144000 bytes"),
    /** The content of all layers of a function is too large. */
    LAYERS_TOO_LARGE("Layers consume more than the available size of 262144000 bytes"),
    /** It is no archive, is damaged, or holds what must not be unpacked. */
    UNREADABLE("Could not unzip uploaded file. Please check your file, then try to upload again.");

    private final String text;

    Reason(String text) {
      this.text = text;
    }

    /** AWS's text. */
    public String text() {
      return text;
    }
  }

  private final Reason reason;

  /**
   * @param reason the kind
   * @param detail what exactly is wrong, for logs
   */
  public CodeRefusedException(Reason reason, String detail) {
    super(Objects.requireNonNull(detail, "detail"));
    this.reason = Objects.requireNonNull(reason, "reason");
  }

  /** The kind, and with it AWS's text; {@link #getMessage()} says what exactly is wrong. */
  public Reason reason() {
    return reason;
  }
}
