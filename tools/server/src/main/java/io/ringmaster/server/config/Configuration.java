package io.ringmaster.server.config;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What a server was told: a value for each option. A flag wins over a variable, a variable over the
 * configuration file, the file over the default.
 */
public final class Configuration {
  private static final String DEFAULT = "default";

  private record Given(String text, String source) {}

  private final Map<ServerOption<?>, Object> values = new HashMap<>();
  private final Map<ServerOption<?>, String> sources = new HashMap<>();

  private Configuration() {}

  /**
   * Reads everything, the file that {@link Options#CONFIG} names too.
   *
   * @param flags what was given on the command line, by {@link ServerOption#key()}
   * @param environment the variables
   * @throws ConfigurationException something is wrong; it tells everything that is
   */
  public static Configuration resolve(Map<String, String> flags, Map<String, String> environment)
      throws ConfigurationException {
    List<Problem> problems = new ArrayList<>();
    Configuration configuration = new Configuration();
    configuration.take(Options.CONFIG, given(Options.CONFIG, flags, environment, null), problems);
    Path path = configuration.get(Options.CONFIG);
    ConfigurationFile file = path == null ? ConfigurationFile.none() : ConfigurationFile.read(path);
    problems.addAll(file.problems());
    file.entries()
        .forEach(
            (key, entry) -> {
              if (key.equals(Options.CONFIG.key())) {
                problems.add(new Problem(file.source(entry.line()), "a file names no other file"));
              } else if (Options.named(key) == null) {
                problems.add(new Problem(file.source(entry.line()), "there is no option " + key));
              }
            });
    for (ServerOption<?> option : Options.ALL) {
      if (option != Options.CONFIG) {
        configuration.take(option, given(option, flags, environment, file), problems);
      }
    }
    if (problems.isEmpty()) {
      Options.checkTogether(configuration, problems);
    }
    if (!problems.isEmpty()) {
      throw new ConfigurationException(problems);
    }
    return configuration;
  }

  private static Given given(
      ServerOption<?> option,
      Map<String, String> flags,
      Map<String, String> environment,
      ConfigurationFile file) {
    if (flags.containsKey(option.key())) {
      return new Given(flags.get(option.key()), option.flag());
    }
    String variable = environment.get(option.variable());
    if (variable != null) {
      return new Given(variable, option.variable());
    }
    ConfigurationFile.Entry entry = file == null ? null : file.entries().get(option.key());
    if (entry != null) {
      return new Given(entry.value(), file.source(entry.line()));
    }
    return option.defaultText() == null ? null : new Given(option.defaultText(), DEFAULT);
  }

  private <T> void take(ServerOption<T> option, Given given, List<Problem> problems) {
    if (given == null) {
      return;
    }
    sources.put(option, given.source());
    try {
      values.put(option, option.parse(given.text()));
    } catch (IllegalArgumentException e) {
      problems.add(
          new Problem(
              given.source(), option.key() + " is \"" + given.text() + "\"; it " + e.getMessage()));
    }
  }

  /** The value of an option; null only where it has no default. */
  @SuppressWarnings("unchecked") // only take() puts
  public <T> T get(ServerOption<T> option) {
    return (T) values.get(option);
  }

  /** Where the value came from, as {@link Problem#source()}; {@code default}: nobody gave one. */
  public String source(ServerOption<?> option) {
    return sources.getOrDefault(option, DEFAULT);
  }
}
