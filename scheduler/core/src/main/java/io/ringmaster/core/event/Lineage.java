package io.ringmaster.core.event;

import java.nio.charset.StandardCharsets;
import java.util.concurrent.ThreadLocalRandom;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.CRC32;

/**
 * The part of a trace header that tells a chain of invocations how often it came by a function:
 * {@code Lineage=HASH:COUNT}, with {@code |} between functions. A function that passes its trace
 * header on, as AWS's SDKs do, and invokes itself by events, directly or through others, comes by
 * again and again; after {@value #LOOPS_MAX} times its chain is stopped.
 *
 * <p>A client may write whatever it likes there: at worst its own chain is stopped early or late.
 */
final class Lineage {
  /** AWS stops a chain when the same function was invoked about so often. */
  static final int LOOPS_MAX = 16;

  private static final int FUNCTIONS_MAX = 16;
  private static final int COUNT_MAX = 9_999;
  private static final Pattern MEMBER =
      Pattern.compile("(?:^|;) *Lineage=((?:[0-9a-f]{8}:[0-9]{1,4}\\|?){1,16}) *(?=;|$)");

  private Lineage() {}

  /** How often the chain came by a function. */
  static int count(String traceHeader, String functionArn) {
    Matcher member = member(traceHeader);
    if (member == null) {
      return 0;
    }
    String hash = hash(functionArn);
    for (String each : member.group(1).split("\\|")) {
      if (each.startsWith(hash)) {
        return Integer.parseInt(each.substring(hash.length() + 1));
      }
    }
    return 0;
  }

  /** The header for an invocation of that function: it came by once more. */
  static String extended(String traceHeader, String functionArn, long nowMs) {
    String given = traceHeader == null || traceHeader.isBlank() ? fresh(nowMs) : traceHeader;
    String hash = hash(functionArn);
    Matcher member = member(traceHeader);
    String own = hash + ':' + Math.min(COUNT_MAX, count(traceHeader, functionArn) + 1);
    if (member == null) {
      return given + ";Lineage=" + own;
    }
    StringBuilder all = new StringBuilder(own);
    int functions = 1;
    for (String each : member.group(1).split("\\|")) {
      if (!each.startsWith(hash) && functions++ < FUNCTIONS_MAX) {
        all.append('|').append(each);
      }
    }
    return traceHeader.substring(0, member.start(1)) + all + traceHeader.substring(member.end(1));
  }

  /** A trace that begins here and is not sampled. */
  private static String fresh(long nowMs) {
    ThreadLocalRandom random = ThreadLocalRandom.current();
    return String.format(
        "Root=1-%08x-%08x%016x;Parent=%016x;Sampled=0",
        (int) (nowMs / 1000), random.nextInt(), random.nextLong(), random.nextLong());
  }

  private static Matcher member(String traceHeader) {
    if (traceHeader == null) {
      return null;
    }
    Matcher member = MEMBER.matcher(traceHeader);
    return member.find() ? member : null;
  }

  private static String hash(String functionArn) {
    CRC32 sum = new CRC32();
    sum.update(functionArn.getBytes(StandardCharsets.UTF_8));
    return String.format("%08x", sum.getValue());
  }
}
