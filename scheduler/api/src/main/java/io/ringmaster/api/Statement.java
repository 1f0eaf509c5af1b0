package io.ringmaster.api;

import java.util.Objects;

/**
 * One statement of a resource policy.
 *
 * @param id statement id ({@code Sid}), unique in its policy
 * @param json the whole statement as a JSON object; kept as it is
 */
public record Statement(String id, String json) {

  /** Validates. */
  public Statement {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(json, "json");
  }
}
