package io.ringmaster.lambdahttp;

import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Refusal;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/** Runs the operations that are not invocations. On a management thread. */
final class Management {
  /** One operation. */
  @FunctionalInterface
  interface Work {
    /** The answer's JSON; null: it has no body. An {@link Answer} is sent as it is. */
    Object run(Arguments arguments) throws Refused;
  }

  private final Map<String, Work> works = new HashMap<>();

  Management(Ingress ingress) {
    FunctionWorks.register(works);
    VersionWorks.register(works);
    AccessWorks.register(works);
    StoredWorks.register(works);
    LayerWorks.register(works);
    works.keySet().forEach(name -> require(Operations.ALL.containsKey(name), name));
  }

  private static void require(boolean known, String name) {
    if (!known) {
      throw new IllegalStateException("no operation " + name);
    }
  }

  /** Those that are served, invocations aside. */
  Set<String> served() {
    return Set.copyOf(works.keySet());
  }

  Answer answer(Exchange exchange) {
    Operation operation = exchange.found().operation();
    Work work = works.get(operation.name());
    if (work == null) {
      return Answer.refusal(
          501,
          "NotImplementedException",
          operation.name() + " is not implemented by this version of Ringmaster.");
    }
    try {
      Arguments arguments = Arguments.of(exchange);
      return CodeSources.areFetched(arguments)
          ? exchange.handOn(
              exchange.ingress().threads().fetches, () -> answer(work, operation, arguments))
          : answer(work, operation, arguments);
    } catch (Refused e) {
      return Answer.refusal(e.refusal());
    } catch (LambdaException e) {
      return Answer.refusal(e.refusal());
    }
  }

  private static Answer answer(Work work, Operation operation, Arguments arguments) {
    try {
      Object result = work.run(arguments);
      if (result instanceof Answer answer) {
        return answer;
      }
      return result == null
          ? Answer.of(operation.status())
          : Answer.json(operation.status(), result);
    } catch (Refused e) {
      return Answer.refusal(e.refusal());
    } catch (LambdaException e) {
      return Answer.refusal(e.refusal());
    }
  }

  static LambdaException notFound(String message) {
    return new LambdaException(Refusal.notFound(message));
  }

  static LambdaException conflict(String message) {
    return new LambdaException(Refusal.conflict(message));
  }
}
