import java.io.IOException;

/**
 * The other side of cold.process.java: what somebody does who has no engine. The event comes on
 * standard input.
 */
public final class PlainStart {
  private PlainStart() {}

  public static void main(String[] arguments) throws IOException {
    Json json = new Json();
    byte[] event = System.in.readAllBytes();
    json.write(new App().handle(json.read(event, 0, event.length)), System.out);
    System.out.println();
  }
}
