package io.ringmaster.runtime;

import com.amazonaws.services.lambda.runtime.Context;
import com.amazonaws.services.lambda.runtime.RequestHandler;
import com.amazonaws.services.lambda.runtime.RequestStreamHandler;
import java.io.InputStream;
import java.io.OutputStream;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Type;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * Finds the handler that a name stands for: {@code package.Class} or {@code package.Class::method},
 * by the rules and in the words of AWS's client. Main thread.
 */
final class HandlerSearch {
  private static final String SEPARATOR = "::";

  /** AWS tries the overload with most parameters first, with a context before without. */
  private static final Comparator<Method> BEST_FIRST =
      Comparator.comparing(Method::getParameterCount)
          .thenComparing(HandlerSearch::endsWithContext)
          .reversed()
          .thenComparing(Method::isBridge);

  private final ClassLoader loader;

  HandlerSearch(ClassLoader loader) {
    this.loader = loader;
  }

  /**
   * Loads the class, makes its instance.
   *
   * @throws FaultException when there is no such handler; a fatal one when the function's own code
   *     failed
   */
  Handler find(String name) throws FaultException {
    int separator = name.lastIndexOf(SEPARATOR);
    String className = separator < 0 ? name : name.substring(0, separator);
    String method = separator < 0 ? null : name.substring(separator + SEPARATOR.length());
    if (className.isEmpty() || (method != null && method.isEmpty())) {
      throw new FaultException(Fault.told("Invalid handler: `" + name + "'"));
    }
    Class<?> type = load(className);
    if (method == null || method.equals("handleRequest")) {
      if (RequestStreamHandler.class.isAssignableFrom(type)) {
        return Handlers.stream((RequestStreamHandler) instance(type));
      }
      if (RequestHandler.class.isAssignableFrom(type)) {
        return pojo(type);
      }
      if (method == null) {
        throw new FaultException(
            Fault.told("Class does not implement an appropriate handler interface: " + name));
      }
    }
    return method(type, method);
  }

  /** For the raw mode: a method from bytes to bytes. */
  Method findRaw(String name) throws FaultException {
    int separator = name.lastIndexOf(SEPARATOR);
    String method = name.substring(separator + SEPARATOR.length());
    for (Method found : load(name.substring(0, separator)).getMethods()) {
      if (found.getName().equals(method)
          && found.getReturnType() == byte[].class
          && found.getParameterCount() == 1
          && found.getParameterTypes()[0] == byte[].class
          && Modifier.isStatic(found.getModifiers())) {
        return found;
      }
    }
    throw new FaultException(Fault.told("No static method from bytes to bytes: " + name));
  }

  private Class<?> load(String name) throws FaultException {
    try {
      return Class.forName(name, true, loader);
    } catch (ClassNotFoundException | NoClassDefFoundError e) {
      throw new FaultException(Fault.loading(e, "Class not found: " + name, false));
    } catch (LinkageError e) {
      throw new FaultException(Fault.loading(e, "Error loading class " + name + suffix(e), true));
    }
  }

  private static String suffix(Throwable error) {
    return error.getMessage() == null ? "" : ": " + error.getMessage();
  }

  private Handler pojo(Class<?> type) throws FaultException {
    Type[] types = TypeArguments.of(type);
    if (types == null) {
      throw new FaultException(
          Fault.told(
              "Class "
                  + type.getName()
                  + " does not implement RequestHandler with concrete type parameters"));
    }
    @SuppressWarnings("unchecked") // it is given events of the type that it says
    RequestHandler<Object, Object> handler = (RequestHandler<Object, Object>) instance(type);
    Handlers.Conversion conversion = new Handlers.Conversion(types[0], types[1], loader);
    return Handlers.pojo(handler, conversion);
  }

  private Handler method(Class<?> type, String name) throws FaultException {
    List<Method> candidates = new ArrayList<>();
    try {
      for (Method method : type.getMethods()) {
        if (method.getName().equals(name)) {
          candidates.add(method);
        }
      }
    } catch (NoClassDefFoundError e) {
      throw new FaultException(
          Fault.loading(e, "Error loading method " + name + " on class " + type.getName(), false));
    }
    candidates.sort(BEST_FIRST);
    for (Method method : candidates) {
      Handler handler = ofMethod(type, method);
      if (handler != null) {
        return handler;
      }
    }
    throw new FaultException(
        Fault.told(
            "No public method named "
                + name
                + " with appropriate method signature found on class "
                + type.getName()));
  }

  private static boolean endsWithContext(Method method) {
    Class<?>[] parameters = method.getParameterTypes();
    return parameters.length > 0 && isContext(parameters[parameters.length - 1]);
  }

  private static boolean isContext(Class<?> type) {
    return type == Context.class;
  }

  private Handler ofMethod(Class<?> type, Method method) throws FaultException {
    Class<?>[] p = method.getParameterTypes();
    String reason =
        switch (p.length) {
          case 0, 1 -> null;
          case 2 -> refusalOfTwo(p);
          case 3 ->
              p[0] == InputStream.class && p[1] == OutputStream.class && isContext(p[2])
                  ? null
                  : "Ignoring three-argument overload because argument signature is not"
                      + " (InputStream, OutputStream, Context";
          default ->
              "Ignoring an overload of method "
                  + method.getName()
                  + " because it has too many parameters: Expected at most 3, got "
                  + p.length;
        };
    if (reason != null) {
      System.err.println(reason);
      return null;
    }
    boolean stream = p.length > 0 && (p[0] == InputStream.class || p[0] == OutputStream.class);
    Object instance = Modifier.isStatic(method.getModifiers()) ? null : instance(type);
    if (stream) {
      if (method.getReturnType() != void.class) {
        System.err.println(
            "Will ignore return type " + method.getReturnType() + " on byte stream handler");
      }
      return Handlers.streamMethod(method, instance);
    }
    boolean takesEvent = p.length > 0 && !isContext(p[0]);
    Type event = takesEvent ? method.getGenericParameterTypes()[0] : null;
    Handlers.Conversion conversion =
        new Handlers.Conversion(event, method.getGenericReturnType(), loader);
    return Handlers.method(method, instance, conversion);
  }

  private static String refusalOfTwo(Class<?>[] p) {
    if (p[0] == InputStream.class) {
      return p[1] == OutputStream.class || isContext(p[1])
          ? null
          : "Ignoring two-argument overload because second parameter type, "
              + p[1].getName()
              + ", is not OutputStream or Context";
    }
    if (p[0] == OutputStream.class) {
      return isContext(p[1])
          ? null
          : "Ignoring two-argument overload because first argument type is OutputStream and second"
              + " argument type is not Context";
    }
    if (isContext(p[0])) {
      return "Ignoring two-argument overload because first argument type is Context";
    }
    return isContext(p[1])
        ? null
        : "Ignoring two-argument overload because second parameter type is not Context";
  }

  private static Object instance(Class<?> type) throws FaultException {
    Constructor<?> constructor;
    try {
      constructor = type.getConstructor();
    } catch (NoSuchMethodException e) {
      boolean inner = type.getEnclosingClass() != null && !Modifier.isStatic(type.getModifiers());
      throw new FaultException(
          Fault.loading(
              inner
                  ? new Exception(
                      "Class "
                          + type.getName()
                          + " cannot be instantiated because it is a non-static inner class")
                  : new Exception(
                      "Class " + type.getName() + " has no public zero-argument constructor", e),
              null,
              false));
    }
    try {
      return constructor.newInstance();
    } catch (InvocationTargetException e) {
      throw new FaultException(Fault.loading(e.getCause(), null, true));
    } catch (ExceptionInInitializerError e) {
      throw new FaultException(Fault.loading(e, "Error loading class " + type.getName(), true));
    } catch (ReflectiveOperationException e) {
      throw new FaultException(Fault.loading(e, null, false));
    }
  }
}
