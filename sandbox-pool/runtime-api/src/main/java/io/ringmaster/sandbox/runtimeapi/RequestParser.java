package io.ringmaster.sandbox.runtimeapi;

import io.netty.buffer.ByteBuf;
import io.netty.util.ByteProcessor;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Locale;

/**
 * Reads HTTP/1.x requests off a connection, wherever reads cut them (RFC 9112). Strict: what is
 * ambiguous is refused; only a bare LF passes as the end of a line, as the RFC allows and AWS's
 * server does. Holds one request's kept fields and nothing of the rest. Event loop only.
 */
final class RequestParser implements ByteProcessor {
  /** Receives a request. */
  interface Sink {
    /** The head is complete. */
    void head(Request request);

    /** A part of the body: takes exactly {@code count} bytes off {@code from}. */
    void body(ByteBuf from, int count);
  }

  /** What {@link #parse} came to. */
  enum Outcome {
    /** All bytes were used and the request goes on. */
    MORE,
    /** The request ended; bytes after it are left. */
    END,
    /** It is no request that is served here; see {@link #status}. Nothing more is read. */
    REFUSED
  }

  /** Bytes of one head or trailer, kept or not: AWS's clients send up to a mebibyte for X-Ray. */
  static final int HEAD_BYTES_MAX = 2 * 1024 * 1024;

  static final int FIELDS_MAX = 128;
  static final int VALUE_BYTES_MAX = 8 * 1024;

  /** The document of a failure in mid-stream comes in one field, base64. */
  static final int ERROR_BODY_BYTES_MAX = 512 * 1024;

  private static final int NAME_BYTES_MAX = 64;
  private static final int CHUNK_LINE_BYTES_MAX = 256;
  private static final long LENGTH_MAX = 1L << 40;

  private enum State {
    START,
    METHOD,
    TARGET,
    VERSION,
    LINE_START,
    NAME,
    VALUE,
    HEAD_END,
    CHUNK_SIZE,
    CHUNK_EXTENSION,
    CHUNK_SIZE_END,
    CHUNK_DATA_END,
    BODY,
    END,
    REFUSED
  }

  private enum Field {
    OTHER(null, 0),
    HOST("host", VALUE_BYTES_MAX),
    CONTENT_LENGTH("content-length", 20),
    TRANSFER_ENCODING("transfer-encoding", 64),
    CONNECTION("connection", 256),
    EXPECT("expect", 64),
    CONTENT_TYPE("content-type", 256),
    RESPONSE_MODE("lambda-runtime-function-response-mode", 256),
    ERROR_TYPE("lambda-runtime-function-error-type", VALUE_BYTES_MAX),
    /** One that is longer is none: a part of it would be no JSON. */
    XRAY_ERROR_CAUSE("lambda-runtime-function-xray-error-cause", 64 * 1024),
    ERROR_BODY("lambda-runtime-function-error-body", ERROR_BODY_BYTES_MAX);

    private static final Field[] ALL = values();
    final byte[] name;
    final int bytesMax;

    Field(String name, int bytesMax) {
      this.name = name == null ? new byte[0] : name.getBytes(StandardCharsets.US_ASCII);
      this.bytesMax = bytesMax;
    }

    static Field of(byte[] name, int length) {
      for (Field field : ALL) {
        if (field != OTHER && Request.equal(name, 0, length, field.name)) {
          return field;
        }
      }
      return OTHER;
    }
  }

  private static final byte[] HTTP_1_1 = "HTTP/1.1".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] HTTP_1_0 = "HTTP/1.0".getBytes(StandardCharsets.US_ASCII);

  private final Sink sink;
  private final Request request = new Request();
  private State state = State.START;
  private int status;

  // The line that is being read.
  private boolean carriageReturn;
  private final byte[] word = new byte[NAME_BYTES_MAX];
  private int wordLength;
  private Field field = Field.OTHER;
  private byte[] value = new byte[256];
  private int valueLength;
  private int headBytes;
  private int fields;

  // The request that is being read.
  private boolean inTrailer;
  private boolean minorZero;
  private boolean hasHost;
  private boolean hasLength;
  private boolean chunked;
  private boolean close;
  private boolean keep;

  /** Of the body, or of the chunk, bytes that are still to come. */
  private long remaining;

  RequestParser(Sink sink) {
    this.sink = sink;
  }

  /** The request that is being read or was read last. */
  Request request() {
    return request;
  }

  /** Whether a request was begun and has not ended. */
  boolean partial() {
    return state != State.START && state != State.END && state != State.REFUSED;
  }

  /** HTTP status of a refusal. */
  int status() {
    return status;
  }

  /**
   * Reads until the request ends or the bytes do. After {@link Outcome#END} the next one begins.
   */
  Outcome parse(ByteBuf in) {
    if (state == State.END) {
      begin();
    }
    while (in.isReadable()) {
      if (state == State.BODY) {
        body(in);
      } else {
        int at = in.forEachByte(this);
        in.readerIndex(at < 0 ? in.writerIndex() : at + 1);
        if (state == State.HEAD_END) {
          headEnd();
        }
      }
      if (state == State.END) {
        return Outcome.END;
      }
      if (state == State.REFUSED) {
        return Outcome.REFUSED;
      }
    }
    return Outcome.MORE;
  }

  private void begin() {
    request.clear();
    state = State.START;
    carriageReturn = false;
    headBytes = 0;
    fields = 0;
    wordLength = 0;
    inTrailer = false;
    minorZero = false;
    hasHost = false;
    hasLength = false;
    chunked = false;
    close = false;
    keep = false;
    remaining = 0;
    if (value.length > VALUE_BYTES_MAX) {
      value = new byte[VALUE_BYTES_MAX];
    }
  }

  private void body(ByteBuf in) {
    int count = (int) Math.min(remaining, in.readableBytes());
    remaining -= count;
    sink.body(in, count);
    if (remaining == 0) {
      state = chunked ? State.CHUNK_DATA_END : State.END;
    }
  }

  /** One byte of anything but a body; false: the loop in {@link #parse} must look at the state. */
  @Override
  public boolean process(byte b) {
    if (++headBytes > HEAD_BYTES_MAX) {
      return refuse(431);
    }
    if (carriageReturn && b != '\n') {
      return refuse(400);
    }
    return switch (state) {
      case START -> start(b);
      case METHOD -> method(b);
      case TARGET -> target(b);
      case VERSION -> version(b);
      case LINE_START -> lineStart(b);
      case NAME -> name(b);
      case VALUE -> value(b);
      case CHUNK_SIZE -> chunkSize(b);
      case CHUNK_EXTENSION, CHUNK_SIZE_END -> chunkExtension(b);
      case CHUNK_DATA_END -> chunkDataEnd(b);
      case HEAD_END, BODY, END, REFUSED -> throw new IllegalStateException(state.name());
    };
  }

  private boolean refuse(int with) {
    state = State.REFUSED;
    status = with;
    return false;
  }

  /** Remembers a CR: only an LF may follow. */
  private boolean carriage() {
    carriageReturn = true;
    return true;
  }

  /** Blank lines before a request are skipped. */
  private boolean start(byte b) {
    if (b == '\r') {
      return carriage();
    }
    if (b == '\n') {
      carriageReturn = false;
      return headBytes > 64 ? refuse(400) : true;
    }
    state = State.METHOD;
    return method(b);
  }

  private boolean method(byte b) {
    if (b == ' ') {
      state = State.TARGET;
      return request.methodLength > 0 || refuse(400);
    }
    if (!token(b) || request.methodLength == Request.METHOD_MAX) {
      return refuse(400);
    }
    request.method[request.methodLength++] = b;
    return true;
  }

  private boolean target(byte b) {
    if (b == ' ') {
      state = State.VERSION;
      wordLength = 0;
      return request.targetLength > 0 || refuse(400);
    }
    if (b <= ' ' || b == 0x7f) {
      return refuse(400);
    }
    if (request.targetLength == Request.TARGET_MAX) {
      return refuse(414);
    }
    request.target[request.targetLength++] = b;
    return true;
  }

  private boolean version(byte b) {
    if (b == '\r') {
      return carriage();
    }
    if (b != '\n') {
      if (wordLength == HTTP_1_1.length) {
        return refuse(400);
      }
      word[wordLength++] = b;
      return true;
    }
    carriageReturn = false;
    if (Request.equal(word, 0, wordLength, HTTP_1_0)) {
      minorZero = true;
    } else if (!Request.equal(word, 0, wordLength, HTTP_1_1)) {
      boolean http =
          wordLength == HTTP_1_1.length
              && Request.equal(word, 0, 5, new byte[] {'H', 'T', 'T', 'P', '/'});
      return refuse(http ? 505 : 400);
    }
    state = State.LINE_START;
    return true;
  }

  private boolean lineStart(byte b) {
    if (b == '\r') {
      return carriage();
    }
    if (b == '\n') {
      carriageReturn = false;
      state = inTrailer ? State.END : State.HEAD_END;
      return false;
    }
    if (++fields > FIELDS_MAX) {
      return refuse(431);
    }
    state = State.NAME;
    wordLength = 0;
    return name(b);
  }

  private boolean name(byte b) {
    if (b == ':') {
      if (wordLength == 0) {
        return refuse(400);
      }
      boolean read = wordLength <= NAME_BYTES_MAX && (!inTrailer || request.keepsTrailer);
      field = read ? Field.of(word, wordLength) : Field.OTHER;
      valueLength = 0;
      state = State.VALUE;
      return true;
    }
    if (!token(b)) {
      return refuse(400);
    }
    if (wordLength < NAME_BYTES_MAX) {
      word[wordLength++] = (byte) (b >= 'A' && b <= 'Z' ? b + 32 : b);
    } else {
      wordLength = NAME_BYTES_MAX + 1;
    }
    return true;
  }

  private boolean value(byte b) {
    if (b == '\r') {
      return carriage();
    }
    if (b == '\n') {
      carriageReturn = false;
      state = State.LINE_START;
      return field == Field.OTHER || fieldEnd();
    }
    if ((b >= 0 && b < ' ' && b != '\t') || b == 0x7f) {
      return refuse(400);
    }
    if (field == Field.OTHER || (valueLength == 0 && (b == ' ' || b == '\t'))) {
      return true;
    }
    if (valueLength == field.bytesMax) {
      if (field == Field.XRAY_ERROR_CAUSE) {
        field = Field.OTHER;
        return true;
      }
      return refuse(431);
    }
    if (valueLength == value.length) {
      value = Arrays.copyOf(value, Math.min(field.bytesMax, value.length * 2));
    }
    value[valueLength++] = b;
    return true;
  }

  /** A field that is kept is complete. */
  private boolean fieldEnd() {
    while (valueLength > 0 && (value[valueLength - 1] == ' ' || value[valueLength - 1] == '\t')) {
      valueLength--;
    }
    if (inTrailer) {
      switch (field) {
        case ERROR_TYPE -> request.trailerErrorType = text();
        case ERROR_BODY -> request.errorBody = text();
        default -> {
          // Others mean nothing in a trailer.
        }
      }
      return true;
    }
    switch (field) {
      case HOST -> {
        if (hasHost) {
          return refuse(400);
        }
        hasHost = true;
      }
      case CONTENT_LENGTH -> {
        return contentLength();
      }
      case TRANSFER_ENCODING -> {
        if (chunked) {
          return refuse(400);
        }
        if (!text().equalsIgnoreCase("chunked")) {
          return refuse(501);
        }
        chunked = true;
      }
      case CONNECTION -> {
        for (String option : text().split(",")) {
          close |= option.trim().equalsIgnoreCase("close");
          keep |= option.trim().equalsIgnoreCase("keep-alive");
        }
      }
      case EXPECT -> {
        if (!text().toLowerCase(Locale.ROOT).equals("100-continue")) {
          return refuse(417);
        }
        request.expectsContinue = true;
      }
      case CONTENT_TYPE -> request.contentType = text();
      case RESPONSE_MODE -> request.responseMode = text();
      case ERROR_TYPE -> request.errorType = text();
      case XRAY_ERROR_CAUSE -> request.xrayErrorCause = text();
      case ERROR_BODY, OTHER -> {
        // Means something in a trailer only.
      }
    }
    return true;
  }

  private String text() {
    return new String(value, 0, valueLength, StandardCharsets.UTF_8);
  }

  private boolean contentLength() {
    if (hasLength || valueLength == 0) {
      return refuse(400);
    }
    hasLength = true;
    long length = 0;
    for (int i = 0; i < valueLength; i++) {
      if (value[i] < '0' || value[i] > '9') {
        return refuse(400);
      }
      length = length * 10 + (value[i] - '0');
      if (length > LENGTH_MAX) {
        return refuse(413);
      }
    }
    request.contentLength = length;
    return true;
  }

  private void headEnd() {
    boolean ambiguous = chunked && (hasLength || minorZero);
    if (ambiguous || (!hasHost && !minorZero)) {
      refuse(400);
      return;
    }
    request.keepAlive = !close && (!minorZero || keep);
    request.expectsContinue &= !minorZero && (chunked || request.contentLength > 0);
    if (chunked) {
      request.contentLength = -1;
      beginChunk();
    } else {
      remaining = request.contentLength;
      state = remaining > 0 ? State.BODY : State.END;
    }
    // What a body needs of memory, its reader bounds; its framing does not count as head.
    headBytes = 0;
    sink.head(request);
  }

  private void beginChunk() {
    state = State.CHUNK_SIZE;
    wordLength = 0;
    remaining = 0;
    headBytes = 0;
  }

  private boolean chunkSize(byte b) {
    int digit = Character.digit((char) (b & 0xff), 16);
    if (digit >= 0 && b > 0) {
      remaining = remaining << 4 | digit;
      return ++wordLength <= 12 || refuse(400);
    }
    if (wordLength == 0) {
      return refuse(400);
    }
    state = State.CHUNK_SIZE_END;
    return chunkExtension(b);
  }

  /** Extensions mean nothing here. */
  private boolean chunkExtension(byte b) {
    if (headBytes > CHUNK_LINE_BYTES_MAX) {
      return refuse(400);
    }
    if (b == '\r') {
      return carriage();
    }
    if (b == '\n') {
      carriageReturn = false;
      return chunkBegins();
    }
    if (state == State.CHUNK_SIZE_END) {
      if (b == ';') {
        state = State.CHUNK_EXTENSION;
      } else if (b != ' ' && b != '\t') {
        return refuse(400);
      }
      return true;
    }
    return (b >= 0 && b < ' ' && b != '\t') || b == 0x7f ? refuse(400) : true;
  }

  private boolean chunkBegins() {
    if (remaining > 0) {
      state = State.BODY;
      return false;
    }
    inTrailer = true;
    headBytes = 0;
    fields = 0;
    state = State.LINE_START;
    return true;
  }

  private boolean chunkDataEnd(byte b) {
    if (b == '\r') {
      return carriage();
    }
    if (b != '\n') {
      return refuse(400);
    }
    carriageReturn = false;
    beginChunk();
    return true;
  }

  /** Whether a byte may stand in a method or a field's name. */
  private static boolean token(byte b) {
    return (b >= 'a' && b <= 'z')
        || (b >= 'A' && b <= 'Z')
        || (b >= '0' && b <= '9')
        || "!#$%&'*+-.^_`|~".indexOf(b) >= 0;
  }
}
