package io.ringmaster.api;

/** What a configuration's values must be; each exception names the value and says that. */
final class Ranges {
  private Ranges() {}

  static void url(String name, String value) {
    require(
        value == null || value.matches("https?://[^\\s/]+(/\\S*)?"),
        name,
        value,
        "such as http://127.0.0.1:4566");
  }

  static void range(String name, long value, long least, long most) {
    require(value >= least && value <= most, name, value, least + " to " + most);
  }

  static void require(boolean holds, String name, Object value, String wanted) {
    if (!holds) {
      throw new IllegalArgumentException(name + " is " + value + "; it must be " + wanted);
    }
  }
}
