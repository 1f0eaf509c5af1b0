package io.ringmaster.grpc;

import io.grpc.Metadata;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import java.util.HashMap;
import java.util.Map;

/** Whose functions requests mean: what their metadata says. One thread at a time. */
final class Owners {
  /** An account id of twelve digits. */
  static final Metadata.Key<String> ACCOUNT =
      Metadata.Key.of("ringmaster-account", Metadata.ASCII_STRING_MARSHALLER);

  /** An AWS region. */
  static final Metadata.Key<String> REGION =
      Metadata.Key.of("ringmaster-region", Metadata.ASCII_STRING_MARSHALLER);

  private static final int KNOWN_MAX = 1024;

  private final Owner usual;
  private final Map<String, Owner> known = new HashMap<>();

  /**
   * @param usual what the metadata does not say; it is the engine's own
   */
  Owners(Owner usual) {
    this.usual = usual;
  }

  /**
   * The owner that the metadata names; null: the engine's own. Equal ones are one object, as long
   * as there are not too many of them.
   *
   * @throws IllegalArgumentException it cannot be one
   */
  Owner of(Metadata headers) {
    String account = headers.get(ACCOUNT);
    String region = headers.get(REGION);
    if (account == null && region == null) {
      return null;
    }
    String key = account + '/' + region;
    Owner owner = known.get(key);
    if (owner == null) {
      owner =
          new Owner(
              account == null ? usual.account() : account,
              region == null ? usual.region() : region);
      if (known.size() >= KNOWN_MAX) {
        known.clear();
      }
      known.put(key, owner);
    }
    return owner;
  }

  /** Why a request with that metadata is refused. */
  static Refusal refusal(IllegalArgumentException impossible) {
    return new Refusal(400, "ValidationException", impossible.getMessage(), null);
  }
}
