package io.ringmaster.api;

import java.util.List;

/**
 * A part of a list.
 *
 * @param items the part, in the list's order
 * @param more whether there is something after it
 */
public record Page<T>(List<T> items, boolean more) {

  /** Copies the list. */
  public Page {
    items = List.copyOf(items);
  }
}
