package io.ringmaster.lambdahttp;

import java.util.Map;

/**
 * A request for a page of the server's own.
 *
 * @param method HTTP method, in capitals
 * @param path decoded path, as {@code /_ringmaster/status}
 * @param query decoded parameters; of one that is given twice the last value
 */
public record PageRequest(String method, String path, Map<String, String> query) {
  /** Copies the map. */
  public PageRequest {
    query = Map.copyOf(query);
  }
}
