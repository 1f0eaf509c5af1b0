package io.ringmaster.sandbox.linux;

import io.ringmaster.sandbox.linux.runtimes.Interpreter;
import io.ringmaster.sandbox.linux.runtimes.RuntimeSettings;
import io.ringmaster.sandbox.spi.SandboxSpec;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;

/** The templates of the versions that were bound lately, and what an environment is named. */
final class BindTemplates {
  private static final int TEMPLATES_MAX = 4096;

  // By the version's number: unique in the engine, and cheaper than a whole key.
  private final Map<Long, BindTemplate> templates =
      new LinkedHashMap<>(64, 0.75f, true) {
        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, BindTemplate> eldest) {
          return size() > TEMPLATES_MAX;
        }
      };

  private final LogStreams logStreams = new LogStreams();

  private final RuntimeSettings settings;

  BindTemplates(RuntimeSettings settings) {
    this.settings = settings;
  }

  /** The template of an environment's version. */
  BindTemplate of(Environment environment, Interpreter interpreter, Path bootstraps) {
    long version = environment.key.version();
    if (!has(version, environment.spec)) {
      keep(version, new BindTemplate(environment.spec, interpreter, bootstraps, settings));
    }
    return templates.get(version);
  }

  /** Whether this version's template was written, for just this content. */
  boolean has(long version, SandboxSpec spec) {
    BindTemplate template = templates.get(version);
    return template != null && (template.spec() == spec || template.spec().equals(spec));
  }

  /** Keeps a template, instead of one that the version had. */
  void keep(long version, BindTemplate template) {
    templates.put(version, template);
  }

  /** As Lambda names log streams: day, version, environment. */
  String logStream(Environment environment) {
    return logStreams.name(environment.spec.identity().functionVersion(), environment.kit);
  }
}
