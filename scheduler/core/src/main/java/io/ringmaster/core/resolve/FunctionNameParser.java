package io.ringmaster.core.resolve;

import io.ringmaster.api.Refusal;

/**
 * Takes a function's name apart, by hand: the alternatives of AWS's pattern are too few for a
 * regular expression.
 */
final class FunctionNameParser {
  private static final int NAME_MAX = 64;
  private static final int FUNCTION_MAX = 256;
  private static final int QUALIFIER_MAX = 128;

  static final String FUNCTION_PATTERN =
      "(arn:(aws[a-zA-Z-]*)?:lambda:)?((eusc-)?[a-z]{2}((-gov)|(-iso([a-z]?)))?-[a-z]+-\\d{1}:)?"
          + "(\\d{12}:)?(function:)?([a-zA-Z0-9-_\\.]+)(:(\\$LATEST(\\.PUBLISHED)?|[a-zA-Z0-9-_]+))?";
  static final String QUALIFIER_PATTERN = "(|[a-zA-Z0-9$_-]+)";

  private final String account;
  private final String region;
  private final String function;
  private final String qualifier;

  FunctionNameParser(String account, String region, String function, String qualifier) {
    this.account = account;
    this.region = region;
    this.function = function;
    this.qualifier = qualifier;
  }

  FunctionName parse() {
    if (function == null) {
      return refused(
          "Value null at 'functionName' failed to satisfy constraint: Member must not be null");
    }
    if (function.length() > FUNCTION_MAX) {
      return tooLong("functionName", function, FUNCTION_MAX);
    }
    if (qualifier != null) {
      FunctionName problem = checkQualifier();
      if (problem != null) {
        return problem;
      }
    }
    String[] parts = function.split(":", -1);
    int nameAt = nameIndex(parts);
    if (nameAt < 0 || nameAt >= parts.length || parts.length > nameAt + 2) {
      return malformed();
    }
    String name = parts[nameAt];
    String derived = parts.length == nameAt + 2 ? parts[nameAt + 1] : null;
    if (!isName(name) || derived != null && !isDerivedQualifier(derived)) {
      return malformed();
    }
    if (name.length() > NAME_MAX) {
      return tooLong("functionName", name, NAME_MAX);
    }
    return place(parts, nameAt, name, derived);
  }

  /** Region, account, then the two qualifiers against each other. */
  private FunctionName place(String[] parts, int nameAt, String name, String derived) {
    if (nameAt == 6 && !parts[3].equals(region)) {
      return new FunctionName.Refused(
          Refusal.notFound(
              "Functions from '"
                  + parts[3]
                  + "' are not reachable in this region ('"
                  + region
                  + "')"));
    }
    if (nameAt > 0 && !parts[nameAt - 2].equals(account)) {
      return new FunctionName.Refused(new Refusal(403, "AccessDeniedException", "", null));
    }
    if (derived != null && qualifier != null && !derived.equals(qualifier)) {
      return new FunctionName.Refused(
          Refusal.invalid(
              "The derived qualifier from the function name does not match the specified"
                  + " qualifier."));
    }
    return new FunctionName.Parsed(account, region, name, derived != null ? derived : qualifier);
  }

  /** Where the name stands among the parts; −1: what precedes it is no prefix of an ARN. */
  private static int nameIndex(String[] parts) {
    if (parts.length <= 2) {
      return 0;
    }
    if (parts.length >= 7 && parts[0].equals("arn")) {
      boolean arn =
          isPartition(parts[1])
              && parts[2].equals("lambda")
              && isRegion(parts[3])
              && isAccount(parts[4])
              && parts[5].equals("function");
      return arn ? 6 : -1;
    }
    return isAccount(parts[0]) && parts[1].equals("function") ? 2 : -1;
  }

  private static boolean isPartition(String text) {
    if (!text.startsWith("aws")) {
      return false;
    }
    for (int i = 3; i < text.length(); i++) {
      char c = text.charAt(i);
      if (!(c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '-')) {
        return false;
      }
    }
    return true;
  }

  /** At least three words joined by hyphens, the last one a digit: {@code us-gov-west-1}. */
  private static boolean isRegion(String text) {
    int length = text.length();
    if (length < 6 || text.charAt(length - 2) != '-' || !isDigit(text.charAt(length - 1))) {
      return false;
    }
    int words = 0;
    int letters = 0;
    for (int i = 0; i < length - 1; i++) {
      char c = text.charAt(i);
      if (c == '-') {
        if (letters == 0) {
          return false;
        }
        words++;
        letters = 0;
      } else if (c >= 'a' && c <= 'z') {
        letters++;
      } else {
        return false;
      }
    }
    return words >= 2;
  }

  private static boolean isAccount(String text) {
    if (text.length() != 12) {
      return false;
    }
    for (int i = 0; i < 12; i++) {
      if (!isDigit(text.charAt(i))) {
        return false;
      }
    }
    return true;
  }

  private static boolean isName(String text) {
    return consistsOf(text, '.');
  }

  private static boolean isDerivedQualifier(String text) {
    return text.equals(FunctionName.LATEST)
        || text.length() <= QUALIFIER_MAX && consistsOf(text, '-');
  }

  /** One or more letters, digits, hyphens, underscores and {@code extra}. */
  private static boolean consistsOf(String text, char extra) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean letter = c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z';
      if (!letter && !isDigit(c) && c != '-' && c != '_' && c != extra) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static boolean isDigit(char c) {
    return c >= '0' && c <= '9';
  }

  private FunctionName checkQualifier() {
    if (qualifier.isEmpty()) {
      return refused(
          "Value '' at 'qualifier' failed to satisfy constraint: Member must have length greater"
              + " than or equal to 1");
    }
    if (qualifier.length() > QUALIFIER_MAX) {
      return tooLong("qualifier", qualifier, QUALIFIER_MAX);
    }
    if (!consistsOf(qualifier, '$')) {
      return refused(
          "Value '"
              + qualifier
              + "' at 'qualifier' failed to satisfy constraint: Member must satisfy regular"
              + " expression pattern: "
              + QUALIFIER_PATTERN);
    }
    return null;
  }

  private FunctionName malformed() {
    return refused(
        "Value '"
            + function
            + "' at 'functionName' failed to satisfy constraint: Member must satisfy regular"
            + " expression pattern: "
            + FUNCTION_PATTERN);
  }

  private static FunctionName tooLong(String field, String value, int most) {
    return refused(
        "Value '"
            + value
            + "' at '"
            + field
            + "' failed to satisfy constraint: Member must have length less than or equal to "
            + most);
  }

  private static FunctionName refused(String problem) {
    return new FunctionName.Refused(
        new Refusal(400, "ValidationException", "1 validation error detected: " + problem, null));
  }
}
