package io.ringmaster.core.registry;

import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Which layer, and which of its versions, a caller means. */
final class LayerName {
  private static final Pattern NAME =
      Pattern.compile(
          "(arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}"
              + ":\\d{12}:layer:[a-zA-Z0-9-_]+)|[a-zA-Z0-9-_]+");
  private static final Pattern VERSION_ARN =
      Pattern.compile(
          "arn:(aws[a-zA-Z-]*)?:lambda:(eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}"
              + ":\\d{12}:layer:[a-zA-Z0-9-_]+:[0-9]+");

  /** Parts of an ARN that has one of these forms. */
  private static final Pattern PARTS =
      Pattern.compile("arn:[^:]*:lambda:([^:]+):([0-9]{12}):layer:([^:]+)(?::([0-9]+))?");

  private static final int NAME_MAX = 140;
  private static final int ARN_MAX = 2048;
  private static final int DIGITS_MAX = 18;

  private LayerName() {}

  /**
   * A layer, or one of its versions.
   *
   * @param version 0: none was named
   */
  record Parsed(String account, String region, String name, long version) {
    Owner owner() {
      return new Owner(account, region);
    }

    /** ARN of the layer. */
    String arn() {
      return owner().lambdaArn("layer:" + name);
    }

    /** ARN of the version. */
    String versionArn() {
      return arn() + ":" + version;
    }
  }

  /** A layer by its name or its ARN. */
  static Parsed layer(Owner owner, String text) {
    new Constraints()
        .present("layerName", text)
        .length("layerName", text, 1, ARN_MAX)
        .pattern("layerName", text, NAME)
        .check();
    Matcher arn = PARTS.matcher(text);
    String name = arn.matches() ? arn.group(3) : text;
    new Constraints().length("layerName", name, 1, NAME_MAX).check();
    return arn.matches()
        ? mine(owner, parsed(arn), "lambda:GetLayerVersion")
        : new Parsed(owner.account(), owner.region(), text, 0);
  }

  /** A layer version by its ARN. */
  static Parsed version(Owner owner, String text) {
    new Constraints()
        .present("arn", text)
        .length("arn", text, 1, ARN_MAX)
        .pattern("arn", text, VERSION_ARN)
        .check();
    return mine(owner, parts(text), "lambda:GetLayerVersion");
  }

  /** A layer version that a function is to have. */
  static Parsed reference(Owner owner, String text) {
    Constraints constraints = new Constraints();
    if (text.length() > ARN_MAX || !VERSION_ARN.matcher(text).matches()) {
      constraints.fails(
          "layers",
          "[" + text + "]",
          "Member must satisfy constraint: [Member must have length less than or equal to 2048,"
              + " Member must have length greater than or equal to 1, Member must satisfy regular"
              + " expression pattern: "
              + VERSION_ARN.pattern()
              + ", Member must not be null]");
    }
    constraints.check();
    Parsed parsed = parts(text);
    if (!parsed.region().equals(owner.region())) {
      throw Refusals.invalid(
          "Layers are not in the same region as the function. Layers are expected to be in region "
              + owner.region()
              + ".");
    }
    return mine(owner, parsed, "lambda:GetLayerVersion");
  }

  private static Parsed parts(String text) {
    Matcher arn = PARTS.matcher(text);
    if (!arn.matches()) {
      throw Refusals.invalid("Not the ARN of a layer version: " + text);
    }
    return parsed(arn);
  }

  private static Parsed parsed(Matcher arn) {
    String number = arn.group(4);
    long version =
        number == null ? 0 : number.length() > DIGITS_MAX ? Long.MAX_VALUE : Long.parseLong(number);
    return new Parsed(arn.group(2), arn.group(1), arn.group(3), version);
  }

  /** Nobody shares layers with others yet: no layer has a policy. */
  private static Parsed mine(Owner owner, Parsed name, String action) {
    if (!name.account().equals(owner.account()) || !name.region().equals(owner.region())) {
      String arn = name.version() == 0 ? name.arn() : name.versionArn();
      throw new LambdaException(
          new Refusal(
              403,
              "AccessDeniedException",
              "User: arn:"
                  + owner.partition()
                  + ":iam::"
                  + owner.account()
                  + ":root is not authorized to perform: "
                  + action
                  + " on resource: "
                  + arn
                  + " because no resource-based policy allows the "
                  + action
                  + " action",
              null));
    }
    return name;
  }
}
