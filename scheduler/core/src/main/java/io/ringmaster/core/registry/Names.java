package io.ringmaster.core.registry;

import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Owner;
import io.ringmaster.core.resolve.FunctionName;

/** What callers of one owner mean by names. */
record Names(Owner owner) {

  FunctionName.Parsed parse(String name, String qualifier) {
    return switch (FunctionName.parse(owner.account(), owner.region(), name, qualifier)) {
      case FunctionName.Parsed parsed -> parsed;
      case FunctionName.Refused refused -> throw new LambdaException(refused.refusal());
    };
  }

  /** A function as a whole: {@code $LATEST} is allowed as its qualifier, and dropped. */
  FunctionName.Parsed unqualified(String name) {
    FunctionName.Parsed parsed = parse(name, null);
    if (parsed.qualifier() == null) {
      return parsed;
    }
    if (!parsed.qualifier().equals(FunctionName.LATEST)) {
      throw Refusals.unqualifiedOnly();
    }
    return new FunctionName.Parsed(parsed.account(), parsed.region(), parsed.name(), null);
  }

  /** A function that is to be tagged. */
  FunctionName.Parsed taggable(String name) {
    FunctionName.Parsed parsed = parse(name, null);
    if (parsed.qualifier() != null) {
      throw Refusals.invalid(
          "Tags on function aliases and versions are not supported. Please specify a function"
              + " ARN.");
    }
    return parsed;
  }

  /** A function that is to be created. */
  FunctionName.Parsed created(String name) {
    new Constraints()
        .present("functionName", name)
        .length("functionName", name, 1, 140)
        .pattern("functionName", name, SpecRules.NAME)
        .check();
    return unqualified(name);
  }
}
