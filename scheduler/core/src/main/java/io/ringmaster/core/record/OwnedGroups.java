package io.ringmaster.core.record;

import io.ringmaster.api.Owner;
import java.util.regex.Pattern;

/**
 * Names of groups in the store: those of the engine's own account and region are stored under their
 * own names; those of others have account and region before it, since their functions may have the
 * same names. Immutable.
 */
public final class OwnedGroups {
  private static final Pattern OWNED = Pattern.compile("/*[0-9]{12}/.*", Pattern.DOTALL);

  private final Owner own;

  /**
   * @param own the engine's own account and region
   */
  public OwnedGroups(Owner own) {
    this.own = own;
  }

  /** The name under which a group of that owner is stored. */
  public String stored(Owner owner, String group) {
    boolean plain = owner.equals(own) && !OWNED.matcher(group).matches();
    return plain ? group : prefix(owner) + (group.startsWith("/") ? "" : "/") + group;
  }

  /** The owner's name of what is stored; null: it is another owner's. */
  public String owned(Owner owner, String stored) {
    if (stored.startsWith(prefix(owner) + "/")) {
      return stored.substring(prefix(owner).length());
    }
    return owner.equals(own) && !OWNED.matcher(stored).matches() ? stored : null;
  }

  private static String prefix(Owner owner) {
    return "/" + owner.account() + "/" + owner.region();
  }
}
