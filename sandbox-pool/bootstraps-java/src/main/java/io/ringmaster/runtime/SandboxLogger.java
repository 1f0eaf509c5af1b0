package io.ringmaster.runtime;

import com.amazonaws.services.lambda.runtime.LambdaLogger;
import com.amazonaws.services.lambda.runtime.logging.LogLevel;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;

/** The function's logger, in the text or the JSON format. Any thread. */
final class SandboxLogger implements LambdaLogger {
  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSS'Z'").withZone(ZoneOffset.UTC);
  private static final byte[] NULL = "null".getBytes(StandardCharsets.UTF_8);

  private final LogPipe pipe;
  private final boolean json;
  private final LogLevel threshold;
  private volatile InvocationContext context;

  SandboxLogger(LogPipe pipe, boolean json, String level) {
    this.pipe = pipe;
    this.json = json;
    threshold = level.isEmpty() ? LogLevel.UNDEFINED : LogLevel.fromString(level);
  }

  /** Of the invocation that runs, or ran last. */
  void context(InvocationContext context) {
    this.context = context;
  }

  @Override
  public void log(String message) {
    log(message, LogLevel.UNDEFINED);
  }

  @Override
  public void log(byte[] message) {
    log(message, LogLevel.UNDEFINED);
  }

  @Override
  public void log(String message, LogLevel level) {
    if (passes(level)) {
      write(
          (json ? json(message, level) : text(message, level)).getBytes(StandardCharsets.UTF_8),
          level);
    }
  }

  @Override
  public void log(byte[] message, LogLevel level) {
    if (passes(level)) {
      write(message == null ? NULL : message, level);
    }
  }

  /** An error, which is no level in the text format. */
  void error(String message) {
    log(message, json ? LogLevel.ERROR : LogLevel.UNDEFINED);
  }

  private boolean passes(LogLevel level) {
    return level == LogLevel.UNDEFINED || level.ordinal() >= threshold.ordinal();
  }

  private void write(byte[] text, LogLevel level) {
    try {
      pipe.flush();
      pipe.record(text, level.ordinal());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String text(String message, LogLevel level) {
    return level == LogLevel.UNDEFINED ? String.valueOf(message) : "[" + level + "] " + message;
  }

  private String json(String message, LogLevel level) {
    StringBuilder line = new StringBuilder(160);
    line.append("{\"timestamp\":\"").append(TIME.format(Instant.now())).append('"');
    if (message != null) {
      JsonText.quote(line.append(",\"message\":"), message);
    }
    line.append(",\"level\":\"").append(level).append('"');
    InvocationContext current = context;
    if (current != null) {
      JsonText.quote(line.append(",\"AWSRequestId\":"), current.getAwsRequestId());
      if (current.getTenantId() != null) {
        JsonText.quote(line.append(",\"tenantId\":"), current.getTenantId());
      }
    }
    return line.append("}\n").toString();
  }
}
