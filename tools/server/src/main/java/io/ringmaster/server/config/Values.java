package io.ringmaster.server.config;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.function.Function;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** How values are written. Each parser's exception says what the value must be. */
final class Values {
  static final String SWITCH = "true|false";

  private static final Pattern DURATION = Pattern.compile("([0-9]{1,9})(ms|s|m|h)");

  private Values() {}

  static Boolean bool(String text) {
    return switch (text) {
      case "true" -> Boolean.TRUE;
      case "false" -> Boolean.FALSE;
      default -> throw new IllegalArgumentException("must be true or false");
    };
  }

  static Path path(String text) {
    try {
      if (text.isEmpty()) {
        throw new IllegalArgumentException("must be a path");
      }
      Path path =
          text.startsWith("~/")
              ? Path.of(System.getProperty("user.home"), text.substring(2))
              : Path.of(text);
      return path.toAbsolutePath().normalize();
    } catch (InvalidPathException e) {
      throw new IllegalArgumentException("must be a path: " + e.getReason(), e);
    }
  }

  static Function<String, Duration> duration(Duration least, Duration most) {
    return text -> {
      Matcher matcher = DURATION.matcher(text);
      if (matcher.matches()) {
        long number = Long.parseLong(matcher.group(1));
        Duration value =
            switch (matcher.group(2)) {
              case "ms" -> Duration.ofMillis(number);
              case "s" -> Duration.ofSeconds(number);
              case "m" -> Duration.ofMinutes(number);
              default -> Duration.ofHours(number);
            };
        if (value.compareTo(least) >= 0 && value.compareTo(most) <= 0) {
          return value;
        }
      }
      throw new IllegalArgumentException(
          "must be a duration such as 500ms, 30s, 10m or 4h, from "
              + text(least)
              + " to "
              + text(most));
    };
  }

  static Function<String, Integer> number(int least, int most) {
    return text -> {
      if (text.matches("[0-9]{1,9}")) {
        int value = Integer.parseInt(text);
        if (value >= least && value <= most) {
          return value;
        }
      }
      throw new IllegalArgumentException("must be a number from " + least + " to " + most);
    };
  }

  static Function<String, String> matching(String pattern, String what) {
    return text -> {
      if (!text.matches(pattern)) {
        throw new IllegalArgumentException("must be " + what);
      }
      return text;
    };
  }

  /** Hosts with or without a port, between commas. */
  static List<String> hosts(String text) {
    List<String> hosts = List.of(text.split(" *, *"));
    if (!hosts.stream().allMatch(host -> host.matches("[A-Za-z0-9.-]+(:[0-9]{1,5})?"))) {
      throw new IllegalArgumentException("must be hosts such as hooks.example.com,127.0.0.1:8080");
    }
    return hosts;
  }

  /** One of some words. */
  static Function<String, String> word(List<String> words) {
    return text -> {
      if (!words.contains(text)) {
        throw new IllegalArgumentException("must be one of " + String.join(", ", words));
      }
      return text;
    };
  }

  /** The shortest way to write it. */
  static String text(Duration value) {
    long ms = value.toMillis();
    if (ms % 1000 != 0 || ms == 0) {
      return ms + "ms";
    }
    long seconds = ms / 1000;
    if (seconds % 3600 == 0) {
      return seconds / 3600 + "h";
    }
    return seconds % 60 == 0 ? seconds / 60 + "m" : seconds + "s";
  }
}
