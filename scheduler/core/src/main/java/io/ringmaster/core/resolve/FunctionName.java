package io.ringmaster.core.resolve;

import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;

/**
 * Which function, and which of its versions or aliases, a caller means: the answer of {@link
 * #parse}.
 *
 * <p>The forms are those that AWS documents for {@code FunctionName}: {@code NAME}, {@code
 * ACCOUNT:function:NAME} and {@code arn:PARTITION:lambda:REGION:ACCOUNT:function:NAME} (partitions
 * {@code aws}, {@code aws-cn}, {@code aws-us-gov} and so on), each with or without {@code
 * :QUALIFIER}. Any thread; pure.
 */
public sealed interface FunctionName {

  /** Label of the unpublished version. */
  String LATEST = "$LATEST";

  /**
   * A well-formed name of a function of this account and region. Whether the function exists is not
   * known.
   *
   * @param account 12-digit account id
   * @param region region, such as {@code us-east-1}
   * @param name 1 to 64 of letters, digits, {@code -}, {@code _}; lookups also let {@code .} pass,
   *     as AWS does
   * @param qualifier version or alias; null: the caller gave none
   */
  record Parsed(String account, String region, String name, String qualifier)
      implements FunctionName {

    /** Whose it is. */
    public Owner owner() {
      return new Owner(account, region);
    }

    /** The ARN as the caller qualified it. */
    public String arn() {
      String unqualified = unqualifiedArn();
      return qualifier == null ? unqualified : unqualified + ":" + qualifier;
    }

    /** The ARN without a qualifier. */
    public String unqualifiedArn() {
      return owner().lambdaArn("function:" + name);
    }

    /** The qualifier, or {@code $LATEST} where the caller gave none. */
    public String effectiveQualifier() {
      return qualifier == null ? LATEST : qualifier;
    }
  }

  /**
   * What the caller wrote is not a function's name here.
   *
   * @param refusal AWS's answer
   */
  record Refused(Refusal refusal) implements FunctionName {}

  /**
   * Reads a name.
   *
   * @param account names without an account belong to it, those with another one are refused with
   *     403
   * @param region ARNs of another one are refused with 404
   * @param function name, partial ARN or ARN, with or without qualifier
   * @param qualifier the qualifier that was given beside it; null: none
   * @return {@link Parsed} or {@link Refused}
   */
  static FunctionName parse(String account, String region, String function, String qualifier) {
    return new FunctionNameParser(account, region, function, qualifier).parse();
  }
}
