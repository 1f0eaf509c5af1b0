package io.ringmaster.sandbox.system;

/**
 * The words on the wires between engine, keeper and zygotes; the numbers are those that {@code
 * zygote.py} knows too.
 *
 * <table>
 *   <caption>What each message carries</caption>
 *   <tr><th>op</th><th>way</th><th>id</th><th>a</th><th>b</th><th>text</th><th>descriptors</th></tr>
 *   <tr><td>ZYGOTE</td><td>engine → keeper</td><td>zygote</td><td></td><td></td><td>{@link ZygoteCommand}</td><td></td></tr>
 *   <tr><td>ZYGOTE_END</td><td>engine → keeper</td><td>zygote</td><td></td><td></td><td></td><td></td></tr>
 *   <tr><td>FORK</td><td>engine → keeper</td><td>sandbox</td><td>zygote</td>
 *       <td>1: it is awaited, and shall not prepare itself first</td><td></td>
 *       <td>request pipe's read end, response pipe's write end, log pipe's write end, and a segment where there is one</td></tr>
 *   <tr><td>FORK</td><td>keeper → zygote</td><td>sandbox</td><td>1: it is awaited</td><td>token</td><td></td><td>the same</td></tr>
 *   <tr><td>SPAWN</td><td>engine → keeper</td><td>sandbox</td><td></td><td></td><td>{@link SpawnCommand}</td>
 *       <td>log pipe's write end alone, or as FORK</td></tr>
 *   <tr><td>KILL</td><td>engine → keeper</td><td>sandbox</td><td></td><td></td><td></td><td></td></tr>
 *   <tr><td>PING</td><td>engine → keeper</td><td>any</td><td></td><td></td><td></td><td></td></tr>
 *   <tr><td>HELLO</td><td>keeper → engine</td><td>0</td><td>keeper's pid; 1: it has a pid namespace</td><td></td><td></td>
 *       <td>keeper's pidfd</td></tr>
 *   <tr><td>ZYGOTE_READY</td><td>zygote → keeper → engine</td><td>zygote</td><td>its pid</td>
 *       <td>1: each sandbox gets a pid namespace; 0: none</td><td>the interpreter's version</td><td></td></tr>
 *   <tr><td>ZYGOTE_GONE</td><td>keeper → engine</td><td>zygote</td><td>wait status</td><td></td><td></td><td></td></tr>
 *   <tr><td>FORKED</td><td>zygote → keeper → engine</td><td>sandbox</td><td>pid as the keeper sees it</td><td></td><td></td>
 *       <td>its pidfd (keeper → engine only)</td></tr>
 *   <tr><td>EXIT</td><td>keeper → engine</td><td>sandbox</td><td>wait status of the function process</td>
 *       <td>peak resident memory of the largest process, KiB</td><td></td><td></td></tr>
 *   <tr><td>ERROR</td><td>keeper → engine, zygote → keeper</td><td>that of the command</td><td>errno</td>
 *       <td>op of the command</td><td>what failed</td><td></td></tr>
 *   <tr><td>PONG</td><td>keeper → engine</td><td>that of the PING</td><td></td><td></td><td></td><td></td></tr>
 * </table>
 *
 * <p>Order: FORKED comes before the EXIT of the same sandbox; every FORK and SPAWN is answered by
 * exactly one FORKED or ERROR, every FORKED is followed by exactly one EXIT, every ZYGOTE by at
 * most one ZYGOTE_READY and exactly one ZYGOTE_GONE or ERROR, unless the keeper dies first. After
 * EXIT nothing of that sandbox runs any more. A KILL of a sandbox that is not there (any more) is
 * no error.
 */
public final class Op {
  public static final int HELLO = 1;
  public static final int PING = 2;
  public static final int PONG = 3;
  public static final int ZYGOTE = 4;
  public static final int ZYGOTE_READY = 5;
  public static final int ZYGOTE_GONE = 6;
  public static final int ZYGOTE_END = 7;
  public static final int FORK = 8;
  public static final int FORKED = 9;
  public static final int KILL = 10;
  public static final int EXIT = 11;
  public static final int ERROR = 12;
  public static final int SPAWN = 13;

  private static final String[] NAMES = {
    "HELLO",
    "PING",
    "PONG",
    "ZYGOTE",
    "ZYGOTE_READY",
    "ZYGOTE_GONE",
    "ZYGOTE_END",
    "FORK",
    "FORKED",
    "KILL",
    "EXIT",
    "ERROR",
    "SPAWN"
  };

  private Op() {}

  /** For messages: {@code FORK}, or {@code op 99}. */
  public static String name(int op) {
    return op >= 1 && op <= NAMES.length ? NAMES[op - 1] : "op " + op;
  }
}
