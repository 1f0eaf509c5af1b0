package io.ringmaster.core.record;

import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the lines show of an X-Ray trace header. The caller wrote it: nothing is shown of one that
 * does not look like AWS's.
 *
 * @param header the header as it was given
 * @param root the trace's id
 * @param parent id of the segment, 16 hexadecimal digits
 */
record TraceContext(String header, String root, String parent) {
  private static final int LENGTH_MAX = 512;
  private static final Pattern HEADER = Pattern.compile("[A-Za-z0-9=;:._\\- ]*");
  private static final Pattern ROOT = Pattern.compile("(?:^|;) *Root=(1-[0-9a-f]{8}-[0-9a-f]{24})");
  private static final Pattern PARENT = Pattern.compile("(?:^|;) *Parent=([0-9a-f]{16})(?:;|$)");
  private static final Pattern SAMPLED = Pattern.compile("(?:^|;) *Sampled=1 *(?:;|$)");

  /**
   * The context of a sampled trace; null: there is none, or it is not sampled.
   *
   * @param segment the segment's id if the header names none
   */
  static TraceContext sampled(String header, long segment) {
    if (header == null
        || header.length() > LENGTH_MAX
        || !HEADER.matcher(header).matches()
        || !SAMPLED.matcher(header).find()) {
      return null;
    }
    Matcher root = ROOT.matcher(header);
    if (!root.find()) {
      return null;
    }
    Matcher parent = PARENT.matcher(header);
    String segmentId = parent.find() ? parent.group(1) : String.format("%016x", segment);
    return new TraceContext(header, root.group(1), segmentId);
  }
}
