package io.ringmaster.sandbox.linux;

import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.LinkedHashMap;
import java.util.Map;

/** The templates of the versions that were bound lately, and what an environment is named. */
final class BindTemplates {
  private static final int TEMPLATES_MAX = 4096;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy/MM/dd").withZone(ZoneOffset.UTC);

  // By the version's number: unique in the engine, and cheaper than a whole key.
  private final Map<Long, BindTemplate> templates =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, BindTemplate> eldest) {
          return size() > TEMPLATES_MAX;
        }
      };

  private String day;
  private long dayEndMs;

  /** The BIND frame of an environment that has its kit and its log stream. */
  byte[] frame(Environment environment, Path bootstraps) {
    BindTemplate template = templates.get(environment.key.version());
    if (template == null
        || template.spec() != environment.spec && !template.spec().equals(environment.spec)) {
      template = new BindTemplate(environment.spec, bootstraps.resolve("python"));
      templates.put(environment.key.version(), template);
    }
    return template.frame(environment.kit, environment.logStream);
  }

  /** As Lambda names log streams: day, version, environment. */
  String logStream(Environment environment) {
    long nowMs = System.currentTimeMillis();
    if (nowMs >= dayEndMs) {
      Instant now = Instant.ofEpochMilli(nowMs);
      day = DAY.format(now);
      dayEndMs = now.truncatedTo(ChronoUnit.DAYS).plus(1, ChronoUnit.DAYS).toEpochMilli();
    }
    String version = environment.spec.identity().functionVersion();
    return day.concat("/[").concat(version).concat("]").concat(environment.kit.id());
  }
}
