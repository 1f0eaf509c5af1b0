package io.ringmaster.api;

import java.util.List;

/**
 * Who may do what with a function, a version or an alias. Kept and shown; nobody is refused by it
 * yet.
 *
 * @param revisionId revision of what it belongs to; changes with the policy
 * @param statements in the order in which they were added; never empty
 */
public record ResourcePolicy(String revisionId, List<Statement> statements) {

  /** Copies the list. */
  public ResourcePolicy {
    statements = List.copyOf(statements);
  }
}
