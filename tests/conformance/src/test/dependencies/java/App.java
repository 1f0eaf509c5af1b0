import com.fasterxml.jackson.databind.ObjectMapper;
import java.net.URI;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import software.amazon.awssdk.auth.credentials.AwsBasicCredentials;
import software.amazon.awssdk.auth.credentials.StaticCredentialsProvider;
import software.amazon.awssdk.regions.Region;
import software.amazon.awssdk.services.lambda.LambdaClient;

/** A function that needs AWS's SDK and Jackson. */
public class App {
  private int calls;

  /** Asks the endpoint that the event names. */
  public Map<String, Object> handle(Map<String, Object> event) throws Exception {
    Map<String, Object> answer = new LinkedHashMap<>();
    try (LambdaClient client =
        LambdaClient.builder()
            .endpointOverride(URI.create(event.get("endpoint").toString()))
            .region(Region.US_EAST_1)
            .credentialsProvider(
                StaticCredentialsProvider.create(AwsBasicCredentials.create("a", "b")))
            .build()) {
      answer.put(
          "limit", client.getAccountSettings(request -> {}).accountLimit().concurrentExecutions());
    }
    answer.put("tree", new ObjectMapper().writeValueAsString(List.of(1, 2)));
    answer.put("calls", ++calls);
    return answer;
  }
}
