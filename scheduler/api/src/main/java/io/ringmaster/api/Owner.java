package io.ringmaster.api;

import java.util.Objects;
import java.util.regex.Pattern;

/**
 * Whose functions and layers: an account in a region. Resources of different owners are kept apart:
 * equal names are different functions, and each owner has a concurrency limit of its own.
 *
 * @param account account id, 12 digits
 * @param region an AWS region, such as {@code us-east-1}
 */
public record Owner(String account, String region) {
  private static final Pattern ACCOUNT = Pattern.compile("[0-9]{12}");
  private static final Pattern REGION = Pattern.compile("[a-z]{2,8}(-[a-z]{1,16}){1,4}-[0-9]");

  /**
   * Validates.
   *
   * @throws IllegalArgumentException a value is not possible; the message says which and why
   */
  public Owner {
    Objects.requireNonNull(account, "account");
    Objects.requireNonNull(region, "region");
    if (!isAccount(account)) {
      throw new IllegalArgumentException("account is " + account + "; it must be 12 digits");
    }
    if (!isRegion(region)) {
      throw new IllegalArgumentException("region is " + region + "; it must be as us-east-1");
    }
  }

  /** The partition that the region is of: what its ARNs begin with, {@code arn:PARTITION:}. */
  public String partition() {
    if (region.startsWith("cn-")) {
      return "aws-cn";
    }
    if (region.startsWith("eusc-")) {
      return "aws-eusc";
    }
    return switch (region.substring(0, region.indexOf('-', 3) + 1)) {
      case "us-gov-" -> "aws-us-gov";
      case "us-iso-" -> "aws-iso";
      case "us-isob-" -> "aws-iso-b";
      case "eu-isoe-" -> "aws-iso-e";
      case "us-isof-", "eu-isof-" -> "aws-iso-f";
      default -> "aws";
    };
  }

  /**
   * The ARN of something that Lambda has for this owner.
   *
   * @param resource its kind and name, such as {@code function:NAME}
   */
  public String lambdaArn(String resource) {
    return "arn:" + partition() + ":lambda:" + region + ":" + account + ":" + resource;
  }

  /** Whether a text can be an account id. */
  public static boolean isAccount(String text) {
    return ACCOUNT.matcher(text).matches();
  }

  /** Whether a text can be a region. */
  public static boolean isRegion(String text) {
    return REGION.matcher(text).matches();
  }
}
