package io.ringmaster.persistence.chronicle;

import java.util.List;

/** System properties that keep Chronicle quiet; set before its first class, if nobody set them. */
final class ChronicleSettings {
  private static final List<String> TRUE =
      List.of(
          "chronicle.analytics.disable",
          "chronicle.announcer.disable",
          "chronicle.disk.monitor.disable");

  private ChronicleSettings() {}

  static void set() {
    for (String name : TRUE) {
      if (System.getProperty(name) == null) {
        System.setProperty(name, "true");
      }
    }
    if (System.getProperty("slf4j.internal.verbosity") == null) {
      System.setProperty("slf4j.internal.verbosity", "ERROR");
    }
  }
}
