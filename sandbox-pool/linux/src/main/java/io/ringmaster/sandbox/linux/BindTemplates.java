package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.spi.PoolKey;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.LinkedHashMap;
import java.util.Map;

/** The templates of the versions that were bound lately, and what an environment is named. */
final class BindTemplates {
  private static final int TEMPLATES_MAX = 4096;
  private static final DateTimeFormatter DAY =
      DateTimeFormatter.ofPattern("yyyy/MM/dd").withZone(ZoneOffset.UTC);

  private final Map<PoolKey, BindTemplate> templates =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<PoolKey, BindTemplate> eldest) {
          return size() > TEMPLATES_MAX;
        }
      };

  /** The BIND frame of an environment that has its kit and its log stream. */
  byte[] frame(Environment environment, Path bootstraps) {
    BindTemplate template = templates.get(environment.key);
    if (template == null || !template.spec().equals(environment.spec)) {
      template = new BindTemplate(environment.spec, bootstraps.resolve("python"));
      templates.put(environment.key, template);
    }
    return template.frame(environment.kit, environment.logStream);
  }

  /** As Lambda names log streams: day, version, environment. */
  static String logStream(Environment environment) {
    return DAY.format(Instant.now())
        + "/["
        + environment.spec.identity().functionVersion()
        + "]"
        + environment.kit.id();
  }
}
