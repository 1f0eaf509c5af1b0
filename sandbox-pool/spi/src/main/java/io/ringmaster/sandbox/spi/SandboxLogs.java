package io.ringmaster.sandbox.spi;

/** What sandboxes write to standard output and standard error. Log agent only. */
public interface SandboxLogs {

  /**
   * Delivers what was written since the last call.
   *
   * @param limit the most records to deliver; at least 1
   * @return the number of records delivered
   */
  int poll(Sink sink, int limit);

  /** Receives output. */
  interface Sink {
    /**
     * Bytes that a sandbox's process wrote: a whole record of the runtime's logging, or a piece of
     * raw output of native code.
     *
     * @param sandbox the sandbox
     * @param bytes valid during the call only
     * @param offset first byte
     * @param length number of bytes
     * @param mark framed bytes of this process so far, this record included; see {@link
     *     DriverEvents#response}
     * @param position all bytes of this process so far, framed or not, up to this piece's end, or
     *     {@link ResponseBuffer#UNKNOWN}; see {@link ResponseBuffer#logPosition()}
     * @param level what a record's header tells: 1 (TRACE), 2 (DEBUG), 3 (INFO), 4 (WARN), 5
     *     (ERROR), 6 (FATAL); 0: it tells none, or this is raw output
     */
    void output(
        int sandbox, byte[] bytes, int offset, int length, long mark, long position, int level);
  }
}
