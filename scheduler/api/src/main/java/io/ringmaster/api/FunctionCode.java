package io.ringmaster.api;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Map;
import java.util.Objects;

/** The code of a function. */
public sealed interface FunctionCode {

  /** The content of a folder; copied. */
  static FunctionCode folder(Path folder) {
    return new Folder(folder);
  }

  /** A deployment package; not copied until the function is created. */
  static FunctionCode zip(byte[] bytes) {
    return new Zip(bytes);
  }

  /** One source file. */
  static FunctionCode source(String fileName, String text) {
    return new Files(Map.of(fileName, text.getBytes(StandardCharsets.UTF_8)));
  }

  /** Several files, by path within the package. */
  static FunctionCode files(Map<String, byte[]> files) {
    return new Files(Map.copyOf(files));
  }

  /**
   * Trusted code in this JVM, on agent threads of its own; one invocation at a time per
   * environment.
   */
  static FunctionCode inJvm(InJvmHandler handler) {
    return new InJvm(handler, false);
  }

  /** Trusted code in this JVM that streams its answer; else as {@link FunctionCode#inJvm}. */
  static FunctionCode inJvmStreaming(InJvmStreamHandler handler) {
    Objects.requireNonNull(handler, "handler");
    return new InJvm((event, response) -> handler.handle(event, response.stream()), false);
  }

  /**
   * Trusted code in this JVM that never blocks and returns within microseconds: one agent thread
   * serves many invocations, one after the other.
   */
  static FunctionCode inJvmNonBlocking(InJvmHandler handler) {
    return new InJvm(handler, true);
  }

  /** See {@link FunctionCode#folder}. */
  record Folder(Path folder) implements FunctionCode {
    /** Validates. */
    public Folder {
      Objects.requireNonNull(folder, "folder");
    }
  }

  /** See {@link FunctionCode#zip}. */
  record Zip(byte[] bytes) implements FunctionCode {
    /** Validates. */
    public Zip {
      Objects.requireNonNull(bytes, "bytes");
    }
  }

  /** See {@link FunctionCode#files}. */
  record Files(Map<String, byte[]> files) implements FunctionCode {
    /** Validates. */
    public Files {
      Objects.requireNonNull(files, "files");
    }
  }

  /** See {@link FunctionCode#inJvm}. */
  record InJvm(InJvmHandler handler, boolean nonBlocking) implements FunctionCode {
    /** Validates. */
    public InJvm {
      Objects.requireNonNull(handler, "handler");
    }
  }
}
