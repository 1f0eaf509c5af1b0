package io.ringmaster.core.registry;

import io.ringmaster.api.LambdaException;
import io.ringmaster.api.Refusal;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Collects what is wrong with the shape of a request, and says it as AWS's front end does. */
final class Constraints {
  private static final int VALUE_SHOWN_MAX = 1024;

  private final List<String> problems = new ArrayList<>();

  Constraints present(String field, Object value) {
    if (value == null) {
      problems.add(
          "Value null at '" + field + "' failed to satisfy constraint: Member must not be null");
    }
    return this;
  }

  Constraints range(String field, long value, long least, long most) {
    if (value < least) {
      fails(field, value, "Member must have value greater than or equal to " + least);
    } else if (value > most) {
      fails(field, value, "Member must have value less than or equal to " + most);
    }
    return this;
  }

  Constraints length(String field, String value, int least, int most) {
    if (value == null) {
      return this;
    }
    int length = value.codePointCount(0, value.length());
    if (length < least) {
      fails(field, value, "Member must have length greater than or equal to " + least);
    } else if (length > most) {
      fails(field, value, "Member must have length less than or equal to " + most);
    }
    return this;
  }

  Constraints pattern(String field, String value, Pattern pattern) {
    if (value != null && !pattern.matcher(value).matches()) {
      fails(field, value, "Member must satisfy regular expression pattern: " + pattern.pattern());
    }
    return this;
  }

  Constraints oneOf(String field, String value, List<String> allowed) {
    if (value != null && !allowed.contains(value)) {
      fails(field, value, "Member must satisfy enum value set: " + allowed);
    }
    return this;
  }

  Constraints fails(String field, Object value, String constraint) {
    String text = String.valueOf(value);
    String shown = text.length() > VALUE_SHOWN_MAX ? text.substring(0, VALUE_SHOWN_MAX) : text;
    problems.add(
        "Value '" + shown + "' at '" + field + "' failed to satisfy constraint: " + constraint);
    return this;
  }

  /** The same without the value, for what may be secret. */
  Constraints failsUnseen(String field, String constraint) {
    problems.add("Value at '" + field + "' failed to satisfy constraint: " + constraint);
    return this;
  }

  /** Throws if anything is wrong. */
  void check() {
    if (!problems.isEmpty()) {
      String count =
          problems.size() == 1
              ? "1 validation error detected: "
              : problems.size() + " validation errors detected: ";
      throw new LambdaException(
          new Refusal(400, "ValidationException", count + String.join("; ", problems), null));
    }
  }
}
