package io.ringmaster.runtime;

import com.amazonaws.services.lambda.runtime.RequestHandler;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.Type;
import java.lang.reflect.TypeVariable;
import java.util.HashMap;
import java.util.Map;

/** Finds what a class says its {@code RequestHandler}'s event and result are. Stateless. */
final class TypeArguments {
  private TypeArguments() {}

  /**
   * The two types, or null when the class does not say.
   *
   * @param type implements {@code RequestHandler}
   */
  static Type[] of(Class<?> type) throws FaultException {
    return search(type, type, Map.of());
  }

  private static Type[] search(Class<?> handler, Type type, Map<TypeVariable<?>, Type> known)
      throws FaultException {
    if (type instanceof ParameterizedType generic) {
      Class<?> raw = (Class<?>) generic.getRawType();
      Map<TypeVariable<?>, Type> arguments = new HashMap<>();
      Type[] given = generic.getActualTypeArguments();
      TypeVariable<?>[] variables = raw.getTypeParameters();
      for (int i = 0; i < given.length; i++) {
        arguments.put(variables[i], resolve(given[i], known));
      }
      if (raw == RequestHandler.class) {
        Type[] found = new Type[2];
        for (int i = 0; i < 2; i++) {
          found[i] = concrete(handler, arguments.get(variables[i]));
        }
        return found;
      }
      return parents(handler, raw, arguments);
    }
    if (type == null || type == RequestHandler.class) {
      return null;
    }
    return parents(handler, (Class<?>) type, Map.of());
  }

  private static Type[] parents(Class<?> handler, Class<?> type, Map<TypeVariable<?>, Type> known)
      throws FaultException {
    for (Type parent : type.getGenericInterfaces()) {
      Type[] found = search(handler, parent, known);
      if (found != null) {
        return found;
      }
    }
    return search(handler, type.getGenericSuperclass(), known);
  }

  private static Type resolve(Type type, Map<TypeVariable<?>, Type> known) {
    return type instanceof TypeVariable<?> variable ? known.getOrDefault(variable, type) : type;
  }

  /** A variable that nothing was given for counts as its bound. */
  private static Type concrete(Class<?> handler, Type type) throws FaultException {
    if (!(type instanceof TypeVariable<?> variable)) {
      return type;
    }
    Type bound = variable.getBounds()[0];
    if (bound == Object.class) {
      throw new FaultException(
          Fault.told(
              "Class "
                  + handler.getName()
                  + " does not implement RequestHandler with concrete type parameters: parameter "
                  + variable
                  + " has no upper bound."));
    }
    return concrete(handler, bound);
  }
}
