package io.ringmaster.core.event;

import java.util.UUID;
import java.util.function.Consumer;

/** Takes things to destinations outside of the engine. */
public interface Courier extends AutoCloseable {
  /** Knows no destination. */
  Courier NONE =
      new Courier() {
        @Override
        public void deliver(Parcel parcel, Consumer<String> done) {
          done.accept("this engine delivers to functions only");
        }

        @Override
        public void close() {
          // holds nothing
        }
      };

  /**
   * Something to be delivered.
   *
   * @param requestId that of the invocation
   * @param destination ARN or URL
   * @param functionArn with the qualifier as it was invoked
   * @param condition what became of the invocation, such as {@code Success}; null: the content is
   *     the event itself, for a dead-letter queue
   * @param errorCode of a dead letter; else null
   * @param errorMessage of a dead letter; else null
   * @param content JSON in UTF-8; must not be changed
   * @param acceptedMs when it came to be owed, in milliseconds since 1970
   */
  record Parcel(
      UUID requestId,
      String destination,
      String functionArn,
      String condition,
      String errorCode,
      String errorMessage,
      byte[] content,
      long acceptedMs) {}

  /**
   * Delivers; any thread, and never waits.
   *
   * @param done told once, on any thread: null when it is there, else why it is not, for people. It
   *     does not block
   */
  void deliver(Parcel parcel, Consumer<String> done);

  /** What is under way ends, delivered or not. Later deliveries fail. */
  @Override
  void close();
}
