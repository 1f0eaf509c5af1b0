package io.ringmaster.core.event;

/**
 * The events of one function, or those on their way to one destination: they hold up nobody else's.
 * Those that may run are queued through the table's rows. One thread.
 */
final class Lane {
  private static final char DELIVERY = '>';
  private static final char SEPARATOR = ' ';

  final String key;
  private final String functionArn;
  private final int runningMax;
  private int head = -1;
  private int tail = -1;
  private int owed;
  private int running;
  private long runningBytes;
  private long keptBytes;
  private boolean listed;

  /**
   * @param runningMax how many may run at once
   */
  Lane(String key, int runningMax) {
    this.key = key;
    functionArn = functionArn(key);
    this.runningMax = runningMax;
  }

  /** That of a function, by its ARN without a qualifier. */
  static String ofFunction(String functionArn) {
    return functionArn;
  }

  /** That of deliveries to a destination which a function's events go to. */
  static String ofDelivery(String destination, String functionArn) {
    return DELIVERY + destination + SEPARATOR + functionArn;
  }

  static boolean isDelivery(String key) {
    return key.charAt(0) == DELIVERY;
  }

  /** ARN of the function whose events they are or were, without a qualifier. */
  static String functionArn(String key) {
    return isDelivery(key) ? key.substring(key.lastIndexOf(SEPARATOR) + 1) : key;
  }

  /** Where it delivers to; null: it runs a function. */
  static String destination(String key) {
    return isDelivery(key) ? key.substring(1, key.lastIndexOf(SEPARATOR)) : null;
  }

  boolean delivers() {
    return isDelivery(key);
  }

  String functionArn() {
    return functionArn;
  }

  void owedOneMore() {
    owed++;
  }

  /** True: it has none left. */
  boolean owedOneLess() {
    return --owed == 0;
  }

  void queue(EventTable table, int row) {
    table.next(row, -1);
    if (tail < 0) {
      head = row;
    } else {
      table.next(tail, row);
    }
    tail = row;
  }

  /** The next one; it runs from now on. */
  int begin(EventTable table) {
    int row = head;
    head = table.next(row);
    if (head < 0) {
      tail = -1;
    }
    running++;
    runningBytes += table.bodyBytes(row);
    return row;
  }

  /** One that ran does no longer. */
  void ended(int bodyBytes) {
    running--;
    runningBytes -= bodyBytes;
  }

  /** Whether it has one that may begin, as far as it is concerned. */
  boolean ready() {
    return head >= 0 && running < runningMax;
  }

  /** The next one; there is one. */
  int first() {
    return head;
  }

  int running() {
    return running;
  }

  /** Those that run hold more bytes than their bodies. */
  void hold(int more) {
    runningBytes += more;
  }

  /** Bytes of those that run. */
  long runningBytes() {
    return runningBytes;
  }

  /** Bytes of its bodies that lie in memory until they run. */
  long keptBytes() {
    return keptBytes;
  }

  void keep(long more) {
    keptBytes += more;
  }

  /** Whether it is in the list of those that are ready. */
  boolean listed() {
    return listed;
  }

  void listed(boolean value) {
    listed = value;
  }
}
