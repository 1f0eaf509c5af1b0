package io.ringmaster.ingress;

import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Refusal;

/** What a dry run or a change is for, looked up before it is answered. Any thread; may wait. */
public final class Target {
  private Target() {}

  /**
   * The version that is meant.
   *
   * @param qualifier null: none was named
   * @throws LambdaException what AWS answers for none of that name
   */
  public static FunctionConfiguration find(Functions functions, String function, String qualifier) {
    try {
      return functions.get(function, qualifier);
    } catch (LambdaException e) {
      throw qualifier == null ? latest(e, function) : e;
    }
  }

  /** AWS names the version where the request named none, and there is no such function. */
  public static LambdaException latest(LambdaException e, String function) {
    String name = function.substring(function.lastIndexOf(':') + 1);
    Refusal refusal = e.refusal();
    return refusal.statusCode() == 404 && refusal.message().endsWith(":function:" + name)
        ? new LambdaException(Refusal.notFound(refusal.message() + ":$LATEST"))
        : e;
  }
}
