import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.CRC32;

/** Sums up a text, as an ordinary function of java21 with plain types. */
public class Checksum {
  /** Called by the runtime, once per event. */
  public Map<String, Object> handle(Map<String, Object> event) {
    CRC32 sum = new CRC32();
    sum.update(event.get("text").toString().getBytes(StandardCharsets.UTF_8));
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("number", event.get("number"));
    answer.put("crc32", sum.getValue());
    return answer;
  }
}
