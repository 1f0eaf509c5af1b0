package io.ringmaster.lambdahttp;

import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.LambdaException;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Whether records and dead letters of asynchronous invocations can go where they are to go. */
final class EventDestinations {
  private static final String CONFIG = "DestinationConfig";
  private static final Pattern SERVICE = Pattern.compile("arn:[^:]*:([^:]*):.*");
  private static final Pattern BUS = Pattern.compile("arn:[^:]*:events:[^:]+:[0-9]+:event-bus/.+");

  /** The engine's own: an HTTP endpoint, or a file. */
  private static final Pattern OWN =
      Pattern.compile("arn:aws:ringmaster:::(https?://.+|file/[A-Za-z0-9_-][A-Za-z0-9._-]{0,127})");

  private static final String DEAD_LETTERS = "Invalid dead letter queue ARN: ";

  private EventDestinations() {}

  /** Refuses a dead-letter queue that is neither a queue nor a topic. */
  static void checkDeadLetters(Arguments in) throws Refused {
    Map<String, Object> config = in.map("DeadLetterConfig");
    String arn = config == null ? null : (String) config.get("TargetArn");
    if (arn == null || arn.isEmpty()) { // it takes one away
      return;
    }
    Matcher service = SERVICE.matcher(arn);
    String name = service.matches() ? service.group(1) : "";
    if (!name.equals("sqs") && !name.equals("sns")) {
      throw Refused.invalid(
          DEAD_LETTERS
              + "only SQS queues and SNS topics are supported for dead letter configuration");
    }
    if (name.equals("sqs") && arn.endsWith(".fifo")) {
      throw Refused.invalid(
          DEAD_LETTERS + "FIFO SQS queue is not supported for dead letter configuration");
    }
  }

  /** Refuses what AWS refuses, in its words. */
  static void check(Arguments in) throws Refused {
    Map<String, Object> config = in.map(CONFIG);
    if (config == null) {
      return;
    }
    String success = destination(config, "OnSuccess");
    String failure = destination(config, "OnFailure");
    if (!possible(in, failure, true) || !possible(in, success, false)) {
      throw Refused.invalid(
          "The provided destination config DestinationConfig(onSuccess="
              + shown("OnSuccess", success)
              + ", onFailure="
              + shown("OnFailure", failure)
              + ") is invalid.");
    }
  }

  private static String shown(String name, String destination) {
    return destination == null ? "null" : name + "(destination=" + destination + ")";
  }

  /** Null: none, or an empty one, which takes one away. */
  private static String destination(Map<String, Object> config, String name) {
    String arn =
        config.get(name) instanceof Map<?, ?> part ? (String) part.get("Destination") : null;
    return arn == null || arn.isEmpty() ? null : arn;
  }

  private static boolean possible(Arguments in, String arn, boolean onFailure) throws Refused {
    if (arn == null) {
      return true;
    }
    Matcher service = SERVICE.matcher(arn);
    if (!service.matches()) {
      return false;
    }
    return switch (service.group(1)) {
      case "sqs", "sns" -> true;
      case "events" -> BUS.matcher(arn).matches();
      case "s3" -> onFailure;
      case "ringmaster" -> OWN.matcher(arn).matches();
      case "lambda" -> {
        checkFunction(in, arn);
        yield true;
      }
      default -> false;
    };
  }

  private static void checkFunction(Arguments in, String arn) throws Refused {
    FunctionConfiguration target;
    try {
      target = in.functions().get(arn);
    } catch (LambdaException e) {
      throw Refused.invalid("The destination ARN " + arn + " is invalid.");
    }
    if (target.functionName().equals(in.functions().get(in.function()).functionName())) {
      throw Refused.invalid("You can't specify the function as a destination for itself.");
    }
  }
}
