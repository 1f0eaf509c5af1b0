package io.ringmaster.core.record;

import io.ringmaster.core.model.InvocationRecorder.Outcome;
import java.nio.charset.StandardCharsets;
import java.time.LocalDateTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Lambda's platform lines, in its text and its JSON format, rendered into one buffer that is used
 * again for each line. Formats as recorded on AWS in 2025 and 2026. Allocates nothing for
 * successful invocations. One thread.
 */
final class LogLines {
  private static final byte[] HEX = "0123456789abcdef".getBytes(StandardCharsets.US_ASCII);
  private static final Pattern TYPE = Pattern.compile("[A-Za-z][A-Za-z0-9_.<>]{0,127}");
  private static final int UUID_BYTES = 36;

  private byte[] bytes = new byte[512];
  private int length;
  private long isoSecond = Long.MIN_VALUE;
  private byte[] iso = {};

  /** The rendered line, from index 0; valid until the next one is rendered. */
  byte[] bytes() {
    return bytes;
  }

  int length() {
    return length;
  }

  // ---- text ----

  void start(long idHigh, long idLow, String version) {
    begin().ascii("START RequestId: ").uuid(idHigh, idLow).ascii(" Version: ").ascii(version).end();
  }

  void end(long idHigh, long idLow) {
    begin().ascii("END RequestId: ").uuid(idHigh, idLow).end();
  }

  void report(LogEntry entry, int memoryMb) {
    begin().ascii("REPORT RequestId: ").uuid(entry.requestIdHigh, entry.requestIdLow);
    ascii("\tDuration: ").hundredths(entry.durationNs);
    ascii(" ms\tBilled Duration: ").number(entry.billedMs);
    ascii(" ms\tMemory Size: ").number(memoryMb);
    ascii(" MB\tMax Memory Used: ").number(megabytes(entry.maxMemoryKb)).ascii(" MB\t");
    if (entry.initNs >= 0) {
      ascii("Init Duration: ").hundredths(entry.initNs).ascii(" ms\t");
    }
    if (entry.outcome == Outcome.TIMEOUT) {
      ascii("Status: timeout");
    } else if (entry.outcome == Outcome.FAILURE) {
      ascii("Status: error\tError Type: ").ascii(type(entry.errorType));
    }
    end();
  }

  void timedOut(LogEntry entry, long timeoutNs) {
    begin().iso(entry.epochMs).ascii(" ").uuid(entry.requestIdHigh, entry.requestIdLow);
    ascii(" Task timed out after ").hundredths(TimeUnit.NANOSECONDS.toMillis(timeoutNs) * 1000);
    ascii(" seconds").end();
  }

  /**
   * Such as {@code RequestId: … Error: Runtime exited with error: exit status 1}, and the type in a
   * line of its own.
   */
  void failed(LogEntry entry) {
    begin().utf8(entry.errorMessage).ascii("\n").ascii(type(entry.errorType)).end();
  }

  void initReport(long initNs, String errorType) {
    begin().ascii("INIT_REPORT Init Duration: ").hundredths(initNs);
    ascii(" ms\tPhase: init\tStatus: error\tError Type: ").ascii(type(errorType)).end();
  }

  // ---- JSON ----

  void startJson(LogEntry entry, String version) {
    begin().envelope(entry.startEpochMs, "platform.start");
    ascii("{\"requestId\":\"").uuid(entry.requestIdHigh, entry.requestIdLow);
    ascii("\",\"version\":\"").ascii(version).ascii("\"}}").end();
  }

  void reportJson(LogEntry entry, int memoryMb) {
    begin().envelope(entry.epochMs, "platform.report");
    ascii("{\"requestId\":\"").uuid(entry.requestIdHigh, entry.requestIdLow);
    ascii("\",\"status\":\"").ascii(status(entry));
    if (entry.outcome == Outcome.FAILURE) {
      ascii("\",\"errorType\":\"").ascii(type(entry.errorType));
    }
    ascii("\",\"metrics\":{\"durationMs\":").thousandths(entry.durationNs);
    ascii(",\"billedDurationMs\":").number(entry.billedMs);
    ascii(",\"memorySizeMB\":").number(memoryMb);
    ascii(",\"maxMemoryUsedMB\":").number(megabytes(entry.maxMemoryKb));
    if (entry.initNs >= 0) {
      ascii(",\"initDurationMs\":").thousandths(entry.initNs);
    }
    ascii("}}}").end();
  }

  void initReportJson(long epochMs, long initNs, String errorType) {
    begin().envelope(epochMs, "platform.initReport");
    ascii(
        "{\"initializationType\":\"on-demand\",\"phase\":\"init\",\"status\":\"error\",\"errorType\":\"");
    ascii(type(errorType))
        .ascii("\",\"metrics\":{\"durationMs\":")
        .thousandths(initNs)
        .ascii("}}}")
        .end();
  }

  private static String status(LogEntry entry) {
    return switch (entry.outcome) {
      case SUCCESS -> "success";
      case TIMEOUT -> "timeout";
      case ERROR -> "error";
      // What the function did to its process is an error; what the platform did to it has no type.
      case FAILURE -> entry.errorType == null ? "failure" : "error";
    };
  }

  // ---- words ----

  /** Types of the documents that the platform writes itself. */
  static boolean isPlatformError(String type) {
    return type.equals("Runtime.ExitError") || type.startsWith("Sandbox.");
  }

  /** A type that may stand in a line; the function may have written it. */
  static String type(String text) {
    if (text == null) {
      return "Sandbox.Failure";
    }
    return TYPE.matcher(text).matches() ? text : "Runtime.Unknown";
  }

  /**
   * The first member with that name in a JSON document, if it is a text without escapes; else null.
   */
  static String jsonText(String json, String name) {
    Matcher matcher = Pattern.compile('"' + name + "\"\\s*:\\s*\"([^\"\\\\]*)\"").matcher(json);
    return matcher.find() ? matcher.group(1) : null;
  }

  private static long megabytes(int kilobytes) {
    return (kilobytes + 1023L) / 1024;
  }

  // ---- the buffer ----

  private LogLines begin() {
    length = 0;
    return this;
  }

  private void end() {
    reserve(1);
    bytes[length++] = '\n';
  }

  private void reserve(int count) {
    if (length + count > bytes.length) {
      bytes = Arrays.copyOf(bytes, Math.max(length + count, bytes.length * 2));
    }
  }

  private LogLines envelope(long epochMs, String type) {
    return ascii("{\"time\":\"")
        .iso(epochMs)
        .ascii("\",\"type\":\"")
        .ascii(type)
        .ascii("\",\"record\":");
  }

  @SuppressWarnings(
      "deprecation") // The low byte of each character is what is wanted: the texts are ASCII.
  private LogLines ascii(String text) {
    int count = text.length();
    reserve(count);
    text.getBytes(0, count, bytes, length);
    length += count;
    return this;
  }

  private LogLines utf8(String text) {
    byte[] encoded = text.getBytes(StandardCharsets.UTF_8);
    reserve(encoded.length);
    System.arraycopy(encoded, 0, bytes, length, encoded.length);
    length += encoded.length;
    return this;
  }

  private LogLines uuid(long high, long low) {
    reserve(UUID_BYTES);
    hex(high >>> 32, 8);
    bytes[length++] = '-';
    hex(high >>> 16, 4);
    bytes[length++] = '-';
    hex(high, 4);
    bytes[length++] = '-';
    hex(low >>> 48, 4);
    bytes[length++] = '-';
    hex(low, 12);
    return this;
  }

  private void hex(long value, int digits) {
    for (int shift = (digits - 1) * 4; shift >= 0; shift -= 4) {
      bytes[length++] = HEX[(int) (value >>> shift) & 0xF];
    }
  }

  private LogLines number(long value) {
    digits(Math.max(0, value), 1);
    return this;
  }

  /** Nanoseconds as milliseconds with two decimals. */
  private LogLines hundredths(long ns) {
    long value = (Math.max(0, ns) + 5_000) / 10_000;
    digits(value / 100, 1);
    ascii(".");
    digits(value % 100, 2);
    return this;
  }

  /** Nanoseconds as milliseconds with up to three decimals. */
  private LogLines thousandths(long ns) {
    long value = (Math.max(0, ns) + 500) / 1_000;
    digits(value / 1000, 1);
    int decimals = (int) (value % 1000);
    if (decimals != 0) {
      ascii(".");
      digits(decimals, 3);
      while (bytes[length - 1] == '0') {
        length--;
      }
    }
    return this;
  }

  private void digits(long value, int least) {
    int count = least;
    for (long rest = value; rest >= power(count); ) {
      count++;
    }
    reserve(count);
    long rest = value;
    for (int at = length + count - 1; at >= length; at--) {
      bytes[at] = (byte) ('0' + rest % 10);
      rest /= 10;
    }
    length += count;
  }

  private static long power(int digits) {
    long value = 1;
    for (int i = 0; i < digits && value <= Long.MAX_VALUE / 10; i++) {
      value *= 10;
    }
    return value;
  }

  private LogLines iso(long epochMs) {
    long second = Math.floorDiv(epochMs, 1000L);
    if (second != isoSecond) {
      isoSecond = second;
      iso =
          LocalDateTime.ofEpochSecond(second, 0, ZoneOffset.UTC)
              .toString()
              .getBytes(StandardCharsets.US_ASCII);
      if (iso.length == "2026-01-01T00:00".length()) {
        iso =
            (new String(iso, StandardCharsets.US_ASCII) + ":00")
                .getBytes(StandardCharsets.US_ASCII);
      }
    }
    reserve(iso.length);
    System.arraycopy(iso, 0, bytes, length, iso.length);
    length += iso.length;
    ascii(".");
    digits(Math.floorMod(epochMs, 1000L), 3);
    return ascii("Z");
  }
}
