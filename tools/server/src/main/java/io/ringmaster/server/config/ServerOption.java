package io.ringmaster.server.config;

import java.util.Locale;
import java.util.function.Function;

/**
 * One option of the server.
 *
 * @param <T> type of its values; null is a value only where there is no default
 */
public final class ServerOption<T> {
  private final String key;
  private final String form;
  private final String defaultText;
  private final String description;
  private final Function<String, T> parser;

  /**
   * @param key its key in the configuration file, such as {@code state.pending-min}
   * @param form what a value looks like, for people
   * @param defaultText the default as it would be written; null: none
   * @param parser throws {@link IllegalArgumentException} whose message says what the value must be
   */
  ServerOption(
      String key, String form, String defaultText, String description, Function<String, T> parser) {
    this.key = key;
    this.form = form;
    this.defaultText = defaultText;
    this.description = description;
    this.parser = parser;
  }

  /** Its key in the configuration file. */
  public String key() {
    return key;
  }

  /** Its flag on the command line. */
  public String flag() {
    return "--" + key.replace('.', '-');
  }

  /** Its environment variable. */
  public String variable() {
    return "RINGMASTER_" + key.replace('.', '_').replace('-', '_').toUpperCase(Locale.ROOT);
  }

  /** What a value looks like, such as {@code HOST:PORT}. */
  public String form() {
    return form;
  }

  /** The default as it would be written; null: none. */
  public String defaultText() {
    return defaultText;
  }

  /** What it means, in a sentence or two. */
  public String description() {
    return description;
  }

  /** Whether its flag may stand without a value, which means true. */
  public boolean isSwitch() {
    return form.equals(Values.SWITCH);
  }

  /**
   * The value of a text.
   *
   * @throws IllegalArgumentException what it must be instead
   */
  T parse(String text) {
    return parser.apply(text);
  }
}
