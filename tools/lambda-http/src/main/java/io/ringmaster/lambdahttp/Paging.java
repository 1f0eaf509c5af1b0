package io.ringmaster.lambdahttp;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Base64;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** Lists in parts: {@code Marker}, {@code MaxItems}, {@code NextMarker}. */
final class Paging {
  private static final int ITEMS_MAX = 50;

  /** {@code $LATEST}, then numbers from the first on. */
  static final Comparator<String> VERSIONS =
      Comparator.comparing((String version) -> !version.equals("$LATEST"))
          .thenComparing(String::length)
          .thenComparing(Comparator.naturalOrder());

  private Paging() {}

  /** How many items a part may have: what is asked for, and 50 at most, as AWS gives. */
  static int max(Arguments arguments) {
    return (int) Math.min(arguments.number("MaxItems", ITEMS_MAX), ITEMS_MAX);
  }

  /** The key after which to go on; null: at the start. */
  static String after(Arguments arguments) throws Refused {
    String marker = arguments.text("Marker");
    if (marker == null || marker.isEmpty()) {
      return null;
    }
    try {
      return new String(Base64.getUrlDecoder().decode(marker), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      throw Refused.invalid("Invalid Marker: " + marker);
    }
  }

  static String marker(String key) {
    return Base64.getUrlEncoder()
        .withoutPadding()
        .encodeToString(key.getBytes(StandardCharsets.UTF_8));
  }

  /**
   * A part of a list that is wholly here; items in a fixed order.
   *
   * @param name of the list in the answer
   * @param key what tells an item from all others
   * @param order of the list, by key: the item of the marker may be gone meanwhile
   */
  static <T> Map<String, Object> page(
      Arguments arguments,
      String name,
      List<T> all,
      Function<T, String> key,
      Comparator<String> order,
      Function<T, Map<String, Object>> document)
      throws Refused {
    String after = after(arguments);
    int begin = 0;
    if (after != null) {
      while (begin < all.size() && order.compare(key.apply(all.get(begin)), after) <= 0) {
        begin++;
      }
    }
    int end = Math.min(all.size(), begin + max(arguments));
    List<Object> items = new ArrayList<>();
    for (int i = begin; i < end; i++) {
      items.add(document.apply(all.get(i)));
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put(name, items);
    if (end < all.size() && end > begin) {
      answer.put("NextMarker", marker(key.apply(all.get(end - 1))));
    }
    return answer;
  }
}
