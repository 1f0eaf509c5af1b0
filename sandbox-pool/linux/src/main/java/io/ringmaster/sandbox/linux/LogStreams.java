package io.ringmaster.sandbox.linux;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;

/** Names log streams as Lambda does: day, version, environment. One thread's. */
final class LogStreams {
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy/MM/dd").withZone(ZoneOffset.UTC);

  private String day;
  private long dayEndMs;

  /**
   * The name for today.
   *
   * @param version {@code $LATEST} or a number
   */
  String name(String version, EnvironmentKit kit) {
    long nowMs = System.currentTimeMillis();
    if (nowMs >= dayEndMs) {
      Instant now = Instant.ofEpochMilli(nowMs);
      day = DAY.format(now);
      dayEndMs = now.truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS).toEpochMilli();
    }
    return day.concat("/[").concat(version).concat("]").concat(kit.id());
  }
}
