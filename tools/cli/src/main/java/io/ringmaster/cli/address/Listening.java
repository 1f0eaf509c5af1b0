package io.ringmaster.cli.address;

import io.ringmaster.server.config.Configuration;
import io.ringmaster.server.config.ConfigurationException;
import io.ringmaster.server.config.Options;
import java.net.URI;
import java.util.HashMap;
import java.util.Map;

/** Where {@code serve} listens, for those who look for it. */
public final class Listening {
  private Listening() {}

  /**
   * Where the HTTP API listens if serve is told the same.
   *
   * @param http value of {@code --http}; null: not given
   * @param config value of {@code --config}; null: not given
   * @throws IllegalArgumentException what is told is not possible; the message says what and why
   */
  public static URI http(String http, String config) {
    Map<String, String> flags = new HashMap<>();
    if (http != null) {
      flags.put(Options.HTTP.key(), http);
    }
    if (config != null) {
      flags.put(Options.CONFIG.key(), config);
    }
    try {
      return Configuration.resolve(flags, System.getenv()).get(Options.HTTP).url();
    } catch (ConfigurationException e) {
      throw new IllegalArgumentException(e.getMessage(), e);
    }
  }
}
