package io.ringmaster.grpc;

import com.google.protobuf.ByteString;
import io.ringmaster.grpc.client.InvocationStream;
import io.ringmaster.grpc.client.RingmasterClient;
import io.ringmaster.grpc.v1.InvokeRequest;
import io.ringmaster.grpc.v1.InvokeResponse;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** The example of the documentation. */
final class Example {
  private Example() {}

  static void run(int port) {
    try (RingmasterClient client = RingmasterClient.connect("127.0.0.1", port)) {
      InvokeResponse answer = client.invoke("hello", "{\"name\": \"world\"}");
      System.out.println(answer.getPayload().toStringUtf8());

      try (InvocationStream stream = client.openStream()) {
        List<CompletableFuture<InvokeResponse>> answers = new ArrayList<>();
        for (int i = 0; i < 100; i++) {
          answers.add(
              stream.invoke(
                  InvokeRequest.newBuilder()
                      .setFunctionName("hello")
                      .setPayload(ByteString.copyFromUtf8("{\"name\": \"" + i + "\"}"))
                      .build()));
        }
        System.out.println(answers.get(99).join().getPayload().toStringUtf8());
      }
    }
  }
}
