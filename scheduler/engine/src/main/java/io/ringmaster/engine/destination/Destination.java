package io.ringmaster.engine.destination;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Where something is to be delivered, as its ARN says: {@code
 * arn:PARTITION:SERVICE:REGION:ACCOUNT:RESOURCE}. The engine's own ones have the service {@code
 * ringmaster} and neither region nor account: {@code arn:aws:ringmaster:::http://HOST:PORT/PATH}
 * and {@code arn:aws:ringmaster:::file/NAME}.
 *
 * @param arn all of it
 * @param service such as {@code sqs}
 * @param region may be empty
 * @param account may be empty
 * @param resource what comes after
 */
record Destination(String arn, String service, String region, String account, String resource) {
  static final String OWN_SERVICE = "ringmaster";
  static final String FILE = "file/";

  private static final Pattern FORM =
      Pattern.compile("arn:aws[a-zA-Z0-9-]*:([a-zA-Z0-9-]+):([a-z0-9-]*):([0-9]*):(.+)");

  /** Null: it is no ARN. */
  static Destination of(String arn) {
    Matcher form = FORM.matcher(arn);
    return form.matches()
        ? new Destination(arn, form.group(1), form.group(2), form.group(3), form.group(4))
        : null;
  }
}
