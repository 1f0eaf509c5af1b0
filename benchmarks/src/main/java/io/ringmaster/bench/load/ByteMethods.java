package io.ringmaster.bench.load;

import io.grpc.KnownLength;
import io.grpc.MethodDescriptor;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;

/** Methods of gRPC whose messages are bytes as they are. */
public final class ByteMethods {
  private static final MethodDescriptor.Marshaller<byte[]> BYTES =
      new MethodDescriptor.Marshaller<>() {
        @Override
        public InputStream stream(byte[] value) {
          return new Message(value);
        }

        @Override
        public byte[] parse(InputStream stream) {
          try {
            return stream instanceof KnownLength
                ? stream.readNBytes(stream.available())
                : stream.readAllBytes();
          } catch (IOException e) {
            throw new UncheckedIOException(e);
          }
        }
      };

  private ByteMethods() {}

  /** A message whose length need not be found by reading it. */
  private static final class Message extends ByteArrayInputStream implements KnownLength {
    Message(byte[] bytes) {
      super(bytes);
    }
  }

  /**
   * A unary method.
   *
   * @param name its full name
   */
  public static MethodDescriptor<byte[], byte[]> unary(String name) {
    return MethodDescriptor.newBuilder(BYTES, BYTES)
        .setType(MethodDescriptor.MethodType.UNARY)
        .setFullMethodName(name)
        .build();
  }
}
