/** The echo function of the channel's benchmarks: in raw mode a handler takes and returns bytes. */
public final class Raw {
  private Raw() {}

  public static byte[] handle(byte[] event) {
    return event;
  }
}
