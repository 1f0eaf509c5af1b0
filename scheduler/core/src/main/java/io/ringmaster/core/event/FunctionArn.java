package io.ringmaster.core.event;

import io.ringmaster.api.Owner;
import io.ringmaster.core.resolve.FunctionName;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A full ARN of a function, as destinations name it.
 *
 * @param owner whose it is
 * @param name its name
 * @param qualifier version or alias; null: none is named
 */
record FunctionArn(Owner owner, String name, String qualifier) {
  private static final Pattern FORM =
      Pattern.compile("arn:aws[a-z-]*:lambda:([a-z0-9-]+):([0-9]{12}):function:.*");

  /** Whether it is meant to be one. */
  static boolean isOne(String arn) {
    return FORM.matcher(arn).matches();
  }

  /** Null: it is none. */
  static FunctionArn of(String arn) {
    Matcher form = FORM.matcher(arn);
    if (!form.matches() || !Owner.isRegion(form.group(1))) {
      return null;
    }
    Owner owner = new Owner(form.group(2), form.group(1));
    return FunctionName.parse(owner.account(), owner.region(), arn, null)
            instanceof FunctionName.Parsed parsed
        ? new FunctionArn(owner, parsed.name(), parsed.qualifier())
        : null;
  }
}
