package io.ringmaster.core.event;

import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.Functions;
import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Owner;
import java.util.function.Function;

/** Settings as the registry keeps them: documents, as AWS shows them. Any thread. */
public final class RegistrySettings implements EventSettings.Source {
  private static final String DEAD_LETTERS = "DeadLetterConfig";
  private static final String RECURSION = "recursion";
  private static final String DESTINATIONS = "DestinationConfig";
  private static final String DESTINATION = "Destination";

  private final Function<Owner, Functions> functions;

  public RegistrySettings(Function<Owner, Functions> functions) {
    this.functions = functions;
  }

  @Override
  public EventSettings of(Owner owner, String function, String qualifier) {
    Functions of = functions.apply(owner);
    try {
      String config = of.document(function, qualifier, Functions.EVENT_INVOKE_CONFIG);
      String recursion = of.document(function, null, RECURSION);
      boolean loops =
          recursion != null && "Allow".equals(JsonMembers.text(recursion, "RecursiveLoop"));
      return settings(
          config == null ? "{}" : config,
          deadLetterArn(of.get(function, qualifier)),
          of.getConcurrency(function) == 0,
          loops);
    } catch (LambdaException gone) {
      return EventSettings.NONE; // the attempt itself says so
    }
  }

  private static EventSettings settings(
      String config, String deadLetterArn, boolean switchedOff, boolean loops) {
    long ageMaxMs =
        1000
            * JsonMembers.number(
                config, EventSettings.AGE_MAX_MS / 1000, "MaximumEventAgeInSeconds");
    return new EventSettings(
        (int) JsonMembers.number(config, EventSettings.RETRIES_MAX, "MaximumRetryAttempts"),
        ageMaxMs,
        orNull(JsonMembers.text(config, DESTINATIONS, "OnSuccess", DESTINATION)),
        orNull(JsonMembers.text(config, DESTINATIONS, "OnFailure", DESTINATION)),
        deadLetterArn,
        switchedOff,
        loops);
  }

  private static String deadLetterArn(FunctionConfiguration version) {
    String config = version.documents().get(DEAD_LETTERS);
    return config == null ? null : orNull(JsonMembers.text(config, "TargetArn"));
  }

  private static String orNull(String text) {
    return text == null || text.isEmpty() ? null : text;
  }

  @Override
  public boolean exists(Owner owner, String function, String qualifier) {
    try {
      functions.apply(owner).get(function, qualifier);
      return true;
    } catch (LambdaException refused) {
      return false;
    }
  }
}
