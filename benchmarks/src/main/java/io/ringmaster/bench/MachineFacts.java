package io.ringmaster.bench;

import com.fasterxml.jackson.core.JsonGenerator;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Where figures were measured.
 *
 * @param cpu model of the processor as the kernel names it
 * @param cpus processors that this process may use
 * @param arch machine architecture
 * @param memoryBytes the machine's memory
 * @param kernel kernel release
 * @param jdk version and vendor of the JDK
 * @param runtimes the interpreters that were measured, by language
 * @param loadAverage runnable threads over the last minute, when the run began: far above 0, and
 *     others were at work
 */
public record MachineFacts(
    String cpu,
    int cpus,
    String arch,
    long memoryBytes,
    String kernel,
    String jdk,
    Map<String, String> runtimes,
    double loadAverage) {

  /** Copies. */
  public MachineFacts {
    runtimes = Collections.unmodifiableMap(new TreeMap<>(runtimes));
  }

  static MachineFacts read(Map<String, String> runtimes) throws IOException {
    return new MachineFacts(
        field("/proc/cpuinfo", List.of("model name", "CPU part", "Hardware"), "unknown"),
        Runtime.getRuntime().availableProcessors(),
        System.getProperty("os.arch"),
        Long.parseLong(field("/proc/meminfo", List.of("MemTotal"), "0 kB").split(" ")[0]) * 1024,
        Files.readString(Path.of("/proc/sys/kernel/osrelease")).strip(),
        Runtime.version() + " " + System.getProperty("java.vendor"),
        runtimes,
        Double.parseDouble(Files.readString(Path.of("/proc/loadavg")).split(" ")[0]));
  }

  /** The value of the first line {@code name : value} with one of these names. */
  private static String field(String file, List<String> names, String otherwise)
      throws IOException {
    List<String> lines = Files.readAllLines(Path.of(file));
    for (String name : names) {
      for (String line : lines) {
        int colon = line.indexOf(':');
        if (colon > 0 && line.substring(0, colon).strip().equals(name)) {
          return line.substring(colon + 1).strip();
        }
      }
    }
    return otherwise;
  }

  void write(JsonGenerator out) throws IOException {
    out.writeObjectFieldStart("machine");
    out.writeStringField("cpu", cpu);
    out.writeNumberField("cpus", cpus);
    out.writeStringField("arch", arch);
    out.writeNumberField("memoryBytes", memoryBytes);
    out.writeStringField("kernel", kernel);
    out.writeStringField("jdk", jdk);
    for (Map.Entry<String, String> runtime : runtimes.entrySet()) {
      out.writeStringField(runtime.getKey(), runtime.getValue());
    }
    out.writeNumberField("loadAverage", loadAverage);
    out.writeEndObject();
  }
}
