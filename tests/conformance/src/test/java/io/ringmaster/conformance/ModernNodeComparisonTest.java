package io.ringmaster.conformance;

import java.util.HashMap;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;

/** Against release 4 of AWS's Node client: that of {@code nodejs24.x} and later. */
@Tag("built")
class ModernNodeComparisonTest extends NodeComparison {
  /** What Node prints of an error that has been reported; often after the invocation's end. */
  private static final Pattern SECOND_PRINT =
      Pattern.compile(
          "(\\n\\[ERROR] \\[\\d{13}] LAMBDA_RUNTIME Failed to get next invocation[^\\n]*)?"
              + "\\nnode:internal/process/promises:\\d+\\n.*?\\nNode\\.js v[\\d.]+",
          Pattern.DOTALL);

  /** Where the runtime's own code failed, and that line of it. */
  private static final Pattern OWN_LINE =
      Pattern.compile("\\nfile:/+var/runtime/\\w+\\.[cm]js:\\d+\\n[^\\n]*\\n *\\^");

  ModernNodeComparisonTest() {
    super(Client.NODE_24, differences());
  }

  private static Map<String, Difference> differences() {
    Map<String, Difference> all = new HashMap<>(DIFFERENCES);
    all.put(
        "surroundings",
        Difference.word(
            "[\"HttpResponseStream\",\"InvokeStore\",\"streamifyResponse\"]",
            "[\"HttpResponseStream\",\"streamifyResponse\"]"));
    return all;
  }

  @Override
  String runtime() {
    return "nodejs24.x";
  }

  @Override
  String normal(String answer) {
    String normal = SECOND_PRINT.matcher(super.normal(answer)).replaceAll("");
    return OWN_LINE.matcher(normal).replaceAll("");
  }
}
