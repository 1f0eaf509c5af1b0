package io.ringmaster.core.event;

import io.ringmaster.api.Functions;
import io.ringmaster.api.InvokeRequest;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Owner;
import io.ringmaster.api.Refusal;
import io.ringmaster.core.resolve.FunctionName;

/** What an event is for, looked up before it is accepted. Pure but for the registry. */
final class EventTarget {
  private static final Refusal PENDING =
      Refusal.conflict(
          "The operation cannot be performed at this time. The function is currently in the"
              + " following state: Pending");

  private EventTarget() {}

  /**
   * The name of the function that a request means.
   *
   * @throws LambdaException there is none, or it is pending
   */
  static FunctionName.Parsed check(Functions functions, Owner owner, InvokeRequest request) {
    FunctionName.Parsed name =
        switch (FunctionName.parse(
            owner.account(), owner.region(), request.function(), request.qualifier())) {
          case FunctionName.Parsed parsed -> parsed;
          case FunctionName.Refused refused -> throw new LambdaException(refused.refusal());
        };
    if (state(functions, name).equals("Pending")) {
      throw new LambdaException(PENDING);
    }
    return name;
  }

  private static String state(Functions functions, FunctionName.Parsed name) {
    try {
      return functions.get(name.name(), name.qualifier()).state();
    } catch (LambdaException e) {
      Refusal refusal = e.refusal();
      // AWS names the version where the request named none, and there is no such function.
      throw name.qualifier() == null && refusal.message().endsWith(":function:" + name.name())
          ? new LambdaException(Refusal.notFound(refusal.message() + ":" + FunctionName.LATEST))
          : e;
    }
  }
}
