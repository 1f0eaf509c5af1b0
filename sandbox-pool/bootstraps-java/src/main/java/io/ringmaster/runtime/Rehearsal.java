package io.ringmaster.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.io.FileDescriptor;
import java.io.IOException;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Does once what a cold start does and costs most: a generic process loads the classes that it will
 * need before there is a function that waits for them. Nothing of it stays visible.
 */
final class Rehearsal {
  private static final int ROUNDS = 20;
  private static final int VARIABLES = 30;

  private Rehearsal() {}

  /** As large as that of an ordinary function. */
  private static final String BINDING = binding();

  private static String binding() {
    StringBuilder json = new StringBuilder("{\"code\":\"/\",\"handler\":\"h\",\"environment\":{");
    for (int i = 0; i < VARIABLES; i++) {
      json.append("\"REHEARSAL_").append(i).append("\":\"an ordinary value\",");
    }
    return json.append("\"A\":\"b\"},\"memoryMb\":128,\"functionName\":\"f\",\"raw\":false}")
        .toString();
  }

  static void run(Surroundings surroundings) throws IOException, ReflectiveOperationException {
    Map<String, String> before = new LinkedHashMap<>(System.getenv());
    Binding binding = null;
    for (int i = 0; i < ROUNDS; i++) {
      binding = Binding.read(BINDING);
      surroundings.setVariables(binding.environment());
      surroundings.enter(Path.of(System.getProperty("user.dir")));
    }
    surroundings.setVariables(before);
    Path own = Path.of(System.getProperty("java.class.path")).toAbsolutePath();
    Segment.rehearse(own);
    LogPipe nowhere = new LogPipe(new FileDescriptor());
    SandboxLogger logger = new SandboxLogger(nowhere, false, "");
    try (URLClassLoader loader = Packages.loader(own.getParent(), null)) {
      loader.findResource("no/such/Class.class");
      for (Class<?> probe : List.of(Probe.class, BeanProbe.class)) {
        Handler handler = new HandlerSearch(loader).find(probe.getName());
        for (int i = 0; i < ROUNDS; i++) {
          invoke(handler, binding, logger);
        }
      }
      Fault.thrown(new IllegalStateException("rehearsed")).logText();
    } catch (FaultException e) {
      throw new IllegalStateException(e);
    }
  }

  private static void invoke(Handler handler, Binding binding, SandboxLogger logger) {
    byte[] event = "{\"a\":[1,2.5,null,\"b\"],\"c\":{\"d\":true}}".getBytes(StandardCharsets.UTF_8);
    byte[] body = new byte[56 + event.length];
    System.arraycopy(event, 0, body, 56, event.length);
    InvocationContext context = new InvocationContext(binding, logger, body, 0, body.length);
    try {
      handler.handle(body, context.eventStart(), body.length, context, new Answer());
    } catch (Throwable e) {
      throw new IllegalStateException("the rehearsal failed", e);
    }
  }

  /** The most common kind of handler. */
  public static final class Probe
      implements RequestHandler<Map<String, Object>, Map<String, Object>> {
    /** As a function's class has it. */
    public Probe() {}

    @Override
    public Map<String, Object> handleRequest(Map<String, Object> event, Context context) {
      Map<String, Object> answer = new LinkedHashMap<>(event);
      answer.put("id", context.getAwsRequestId());
      return answer;
    }
  }

  /** The other. */
  public static final class BeanProbe implements RequestHandler<BeanProbe.Bean, BeanProbe.Bean> {
    /** As a function's class has it. */
    public BeanProbe() {}

    @Override
    public Bean handleRequest(Bean event, Context context) {
      return event;
    }

    /** An event. */
    public static final class Bean {
      private List<Object> a;

      /** For the deserializer. */
      public Bean() {}

      /** The property {@code a}. */
      public List<Object> getA() {
        return a;
      }

      /** The property {@code a}. */
      public void setA(List<Object> value) {
        a = value;
      }
    }
  }
}
