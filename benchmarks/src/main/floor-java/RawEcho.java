import java.io.FileDescriptor;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.IOException;

/** The floor of channel.java.*: a blocking echo over two pipes, nothing else. */
public final class RawEcho {
  private RawEcho() {}

  public static void main(String[] arguments) throws IOException {
    FileInputStream in = new FileInputStream(FileDescriptor.in);
    FileOutputStream out = new FileOutputStream(FileDescriptor.out);
    byte[] buffer = new byte[8192]; // what needs no buffer of the JVM's own
    int bytes = in.read(buffer);
    while (bytes > 0) {
      out.write(buffer, 0, bytes);
      bytes = in.read(buffer);
    }
  }
}
