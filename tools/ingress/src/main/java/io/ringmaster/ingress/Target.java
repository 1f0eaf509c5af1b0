package io.ringmaster.ingress;

import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Refusal;

/** What an event or a dry run is for, looked up before it is answered. Any thread; may wait. */
public final class Target {
  private static final Refusal PENDING =
      Refusal.conflict(
          "The operation cannot be performed at this time. The function is currently in the"
              + " following state: Pending");

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

  /**
   * Whether an event may be accepted for it.
   *
   * @throws LambdaException there is none, or it is pending
   */
  public static void checkEvent(Functions functions, String function, String qualifier) {
    if (find(functions, function, qualifier).state().equals("Pending")) {
      throw new LambdaException(PENDING);
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
