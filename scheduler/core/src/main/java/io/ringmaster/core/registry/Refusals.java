package io.ringmaster.core.registry;

import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Refusal;
import io.ringmaster.core.resolve.FunctionName;
import io.ringmaster.persistence.spi.CodeRefusedException;
import io.ringmaster.persistence.spi.CodeRefusedException.Reason;
import java.io.IOException;

/** AWS's refusals of management calls. */
final class Refusals {
  /** What tells the revision of a function, a version or an alias, in the words of AWS. */
  static final String GET_FUNCTION_OR_ALIAS = "GetFunction/GetAlias";

  private Refusals() {}

  static LambdaException invalid(String message) {
    return new LambdaException(Refusal.invalid(message));
  }

  static LambdaException conflict(String message) {
    return new LambdaException(Refusal.conflict(message));
  }

  static LambdaException functionNotFound(String arn) {
    return new LambdaException(Refusal.notFound("Function not found: " + arn));
  }

  static LambdaException versionNotFound(FunctionName.Parsed name, String version) {
    return functionNotFound(name.unqualifiedArn() + ":" + version);
  }

  static LambdaException aliasNotFound(String arn) {
    return new LambdaException(Refusal.notFound("Cannot find alias arn: " + arn));
  }

  static LambdaException aliasToUpdateNotFound(String arn) {
    return new LambdaException(Refusal.notFound("Alias not found: " + arn));
  }

  static LambdaException precondition(String call) {
    return new LambdaException(
        Refusal.precondition(
            "The Revision Id provided does not match the latest Revision Id. Call the "
                + call
                + " API to retrieve the latest Revision Id"));
  }

  static LambdaException resourceNotFound() {
    return new LambdaException(Refusal.notFound("The resource you requested does not exist."));
  }

  static LambdaException noPackage() {
    return new LambdaException(Refusal.notFound("The function has no deployment package."));
  }

  static LambdaException noPolicy() {
    return new LambdaException(
        Refusal.notFound("No policy is associated with the given resource."));
  }

  static LambdaException statementNotFound(String id) {
    return new LambdaException(
        Refusal.notFound("Statement " + id + " is not found in resource policy."));
  }

  static LambdaException policyTooLong(long size, long limit) {
    return new LambdaException(
        new Refusal(
            400,
            "PolicyLengthExceededException",
            "The final policy size (" + size + ") is bigger than the limit (" + limit + ").",
            null));
  }

  static LambdaException storageExceeded() {
    return new LambdaException(
        new Refusal(400, "CodeStorageExceededException", "Code storage limit exceeded.", null));
  }

  static LambdaException unqualifiedOnly() {
    return invalid(
        "This operation is permitted on Lambda functions only. Aliases and versions do not support"
            + " this operation. Please specify either a function name or an unqualified function"
            + " ARN.");
  }

  static LambdaException code(CodeRefusedException refused) {
    if (refused.reason() == Reason.ZIPPED_TOO_LARGE) {
      return new LambdaException(
          new Refusal(413, "RequestEntityTooLargeException", refused.reason().text(), null));
    }
    return caused(invalid(refused.reason().text()), refused);
  }

  static LambdaException storage(IOException failure) {
    return caused(
        new LambdaException(Refusal.service("The code could not be stored: " + failure)), failure);
  }

  static LambdaException notKept(IOException failure) {
    return caused(
        new LambdaException(Refusal.service("The change could not be kept: " + failure)), failure);
  }

  private static LambdaException caused(LambdaException refusal, Exception cause) {
    refusal.initCause(cause);
    return refusal;
  }
}
