package io.ringmaster.core.registry;

import java.util.Map;

/** What tags may be. */
final class TagRules {
  private static final int TAGS_MAX = 50;
  private static final int KEY_MAX = 128;
  private static final int VALUE_MAX = 256;

  private TagRules() {}

  /** Checks the tags of a resource as they are going to be. */
  static void check(Map<String, String> tags) {
    Constraints constraints = new Constraints();
    if (!tags.keySet().stream().allMatch(key -> !key.isEmpty() && length(key) <= KEY_MAX)) {
      constraints.fails(
          "tags",
          tags,
          "Map keys must satisfy constraint: [Member must have length less than or equal to "
              + KEY_MAX
              + ", Member must have length greater than or equal to 1, Member must not be null]");
    }
    if (!tags.values().stream().allMatch(value -> length(value) <= VALUE_MAX)) {
      constraints.fails(
          "tags",
          tags,
          "Map value must satisfy constraint: [Member must have length less than or equal to "
              + VALUE_MAX
              + ", Member must have length greater than or equal to 0, Member must not be null]");
    }
    constraints.check();
    if (tags.size() > TAGS_MAX) {
      throw Refusals.invalid("Number of tags exceeds resource tag limit.");
    }
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}
