package io.ringmaster.core.event;

import io.ringmaster.api.Owner;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * What the journal keeps of an event, as bytes: a function to run, or something to deliver.
 *
 * <p>Form: a byte {@value #FORM}, a byte for the kind, the fields in the order of the records (ids
 * as 16 bytes, texts as a length of four bytes and UTF-8, −1: null), then the content as the rest.
 */
sealed interface EventBody {
  /** The form of the bytes; another one is another form. */
  byte FORM = 1;

  /** Whose request it was, whatever became of it. */
  UUID requestId();

  /** The bytes to be kept. */
  byte[] bytes();

  /** What it is about; must not be changed. */
  byte[] content();

  /**
   * A function to run.
   *
   * @param requestId of every attempt
   * @param owner whose function
   * @param function its name
   * @param qualifier as it was invoked; null: with none
   * @param clientContext null: none
   * @param traceHeader null: none
   * @param payload the event
   */
  record Invocation(
      UUID requestId,
      Owner owner,
      String function,
      String qualifier,
      String clientContext,
      String traceHeader,
      byte[] payload)
      implements EventBody {
    private static final byte KIND = 1;

    @Override
    public byte[] bytes() {
      return new Writer(KIND)
          .id(requestId)
          .text(owner.account())
          .text(owner.region())
          .text(function)
          .text(qualifier)
          .text(clientContext)
          .text(traceHeader)
          .end(payload);
    }

    private static Invocation read(ByteBuffer in) {
      return new Invocation(
          id(in), new Owner(text(in), text(in)), text(in), text(in), text(in), text(in), rest(in));
    }

    @Override
    public byte[] content() {
      return payload;
    }

    String functionArn() {
      return owner.lambdaArn("function:" + function);
    }

    /** With a qualifier, as records show it. */
    String qualifiedArn() {
      return functionArn() + ":" + (qualifier == null ? "$LATEST" : qualifier);
    }
  }

  /**
   * Something to deliver: the record of an invocation, or, to a dead-letter queue, its event.
   *
   * @param requestId that of the invocation
   * @param destination where to: an ARN or a URL
   * @param functionArn ARN of the function with the qualifier as it was invoked
   * @param condition such as {@code Success}; null: the content is the event itself
   * @param errorCode of a dead letter: the status; else null
   * @param errorMessage of a dead letter; else null
   * @param traceHeader of the invocation; null: none
   * @param content JSON
   */
  record Delivery(
      UUID requestId,
      String destination,
      String functionArn,
      String condition,
      String errorCode,
      String errorMessage,
      String traceHeader,
      byte[] content)
      implements EventBody {
    private static final byte KIND = 2;

    @Override
    public byte[] bytes() {
      return new Writer(KIND)
          .id(requestId)
          .text(destination)
          .text(functionArn)
          .text(condition)
          .text(errorCode)
          .text(errorMessage)
          .text(traceHeader)
          .end(content);
    }

    private static Delivery read(ByteBuffer in) {
      return new Delivery(
          id(in), text(in), text(in), text(in), text(in), text(in), text(in), rest(in));
    }

    /** Whether it is an event for a dead-letter queue. */
    boolean isDeadLetter() {
      return condition == null;
    }

    /** Without the qualifier. */
    String unqualifiedArn() {
      return functionArn.substring(0, functionArn.lastIndexOf(':'));
    }
  }

  /**
   * Reads what {@link #bytes} wrote.
   *
   * @throws IllegalArgumentException they are something else
   */
  static EventBody of(byte[] bytes) {
    ByteBuffer in = ByteBuffer.wrap(bytes);
    try {
      if (in.get() != FORM) {
        throw new IllegalArgumentException("an event in an unknown form: " + bytes[0]);
      }
      byte kind = in.get();
      return switch (kind) {
        case Invocation.KIND -> Invocation.read(in);
        case Delivery.KIND -> Delivery.read(in);
        default -> throw new IllegalArgumentException("an event of an unknown kind: " + kind);
      };
    } catch (BufferUnderflowException | NegativeArraySizeException e) {
      throw new IllegalArgumentException("an event that is cut", e);
    }
  }

  private static UUID id(ByteBuffer in) {
    return new UUID(in.getLong(), in.getLong());
  }

  private static String text(ByteBuffer in) {
    int length = in.getInt();
    if (length < 0) {
      return null;
    }
    if (length > in.remaining()) {
      throw new BufferUnderflowException();
    }
    byte[] text = new byte[length];
    in.get(text);
    return new String(text, StandardCharsets.UTF_8);
  }

  private static byte[] rest(ByteBuffer in) {
    byte[] rest = new byte[in.remaining()];
    in.get(rest);
    return rest;
  }

  /** Collects the fields, then makes the bytes at once. */
  final class Writer {
    private static final int HEAD_USUAL = 256;

    private final ByteArrayOutputStream head = new ByteArrayOutputStream(HEAD_USUAL);

    Writer(byte kind) {
      head.write(FORM);
      head.write(kind);
    }

    Writer id(UUID id) {
      number(id.getMostSignificantBits(), Long.BYTES);
      number(id.getLeastSignificantBits(), Long.BYTES);
      return this;
    }

    Writer text(String text) {
      if (text == null) {
        number(-1, Integer.BYTES);
      } else {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        number(bytes.length, Integer.BYTES);
        head.writeBytes(bytes);
      }
      return this;
    }

    private void number(long value, int bytes) {
      for (int shift = (bytes - 1) * 8; shift >= 0; shift -= 8) {
        head.write((int) (value >> shift));
      }
    }

    byte[] end(byte[] content) {
      byte[] all = Arrays.copyOf(head.toByteArray(), head.size() + content.length);
      System.arraycopy(content, 0, all, head.size(), content.length);
      return all;
    }
  }
}
