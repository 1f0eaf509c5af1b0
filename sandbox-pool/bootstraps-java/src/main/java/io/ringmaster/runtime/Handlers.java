package io.ringmaster.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import com.amazonaws.services.lambda.runtime.serialization.PojoSerializer;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** The kinds of handlers. Main thread. */
final class Handlers {
  private static final byte[] NULL = "null".getBytes(StandardCharsets.UTF_8);

  private Handlers() {}

  static Handler stream(RequestStreamHandler handler) {
    return (frame, start, end, context, answer) ->
        handler.handleRequest(copy(frame, start, end), answer, context);
  }

  static Handler pojo(RequestHandler<Object, Object> handler, Conversion conversion) {
    return (frame, start, end, context, answer) -> {
      Object event = conversion.event(frame, start, end);
      conversion.result(handler.handleRequest(event, context), answer);
    };
  }

  /** A method without streams; an instance, or null for a static method. */
  static Handler method(Method method, Object instance, Conversion conversion) {
    Class<?>[] parameters = method.getParameterTypes();
    return (frame, start, end, context, answer) -> {
      Object[] arguments = new Object[parameters.length];
      for (int i = 0; i < arguments.length; i++) {
        arguments[i] =
            i == 0 && parameters[0] != Context.class
                ? conversion.event(frame, start, end)
                : context;
      }
      conversion.result(call(method, instance, arguments), answer);
    };
  }

  static Handler streamMethod(Method method, Object instance) {
    Class<?>[] parameters = method.getParameterTypes();
    boolean writes = Arrays.asList(parameters).contains(OutputStream.class);
    return (frame, start, end, context, answer) -> {
      Object[] arguments = new Object[parameters.length];
      for (int i = 0; i < arguments.length; i++) {
        if (parameters[i] == InputStream.class) {
          arguments[i] = copy(frame, start, end);
        } else {
          arguments[i] = parameters[i] == OutputStream.class ? answer : context;
        }
      }
      call(method, instance, arguments);
      if (!writes) {
        answer.write(NULL, 0, NULL.length);
      }
    };
  }

  private static Object call(Method method, Object instance, Object[] arguments) throws Throwable {
    try {
      return method.invoke(instance, arguments);
    } catch (InvocationTargetException e) {
      throw e.getCause();
    }
  }

  /** The function may keep the stream; the frame is used again. */
  private static InputStream copy(byte[] frame, int start, int end) {
    return new ByteArrayInputStream(Arrays.copyOfRange(frame, start, end));
  }

  /** From the event's JSON, and to the result's. */
  static final class Conversion {
    private final PojoSerializer<Object> events;
    private final PojoSerializer<Object> results;

    /**
     * Of a handler.
     *
     * @param event null: it takes none
     */
    Conversion(Type event, Type result, ClassLoader loader) {
      events = event == null || event == Void.class ? null : Json.of(event, loader);
      results = result == void.class || result == Void.class ? null : Json.of(result, loader);
    }

    Object event(byte[] frame, int start, int end) {
      if (events == null) {
        return null;
      }
      try {
        return events.fromJson(new ByteArrayInputStream(frame, start, end - start));
      } catch (RuntimeException | StackOverflowError e) {
        throw new RuntimeException("An error occurred during JSON parsing", e);
      }
    }

    void result(Object result, Answer answer) {
      if (results == null) {
        answer.write(NULL, 0, NULL.length);
        return;
      }
      try {
        results.toJson(result, answer);
      } catch (RuntimeException | StackOverflowError e) {
        throw new RuntimeException("An error occurred during JSON serialization of response", e);
      }
    }
  }
}
