package io.ringmaster.lambdahttp;

import io.ringmaster.api.Functions;
import io.ringmaster.api.Layers;
import io.ringmaster.api.Owner;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The members of one management request, checked against their shapes. One thread. */
final class Arguments {
  private final Ingress ingress;
  private final Owner owner;
  private final Map<String, Object> members;
  private final String host;

  private Arguments(Ingress ingress, Owner owner, Map<String, Object> members, String host) {
    this.ingress = ingress;
    this.owner = owner;
    this.members = members;
    this.host = host;
  }

  /** Reads and checks them. */
  static Arguments of(Exchange exchange) throws Refused {
    Operation operation = exchange.found().operation();
    Map<String, Object> members = new LinkedHashMap<>();
    if (operation.input() != null) {
      if (operation.payload() == null) {
        Input.body(operation.input(), exchange.body(), exchange.bodyLength(), members);
      }
      places(exchange, operation, members);
      Validation.check(operation, members);
    }
    return new Arguments(
        exchange.ingress(), exchange.owner(), members, exchange.headers().get(Headers.HOST));
  }

  private static void places(Exchange exchange, Operation operation, Map<String, Object> members)
      throws Refused {
    int index = 0;
    for (String each : operation.segments()) {
      if (Operation.variable(each)) {
        Shape.Member member = operation.input().members.get(each.substring(1, each.length() - 1));
        members.put(member.name(), Input.text(member, exchange.found().values().get(index++)));
      }
    }
    for (Shape.Member each : operation.input().members.values()) {
      if (each.place().equals("querystring")) {
        List<String> given = exchange.found().query().get(each.wireName());
        if (given != null) {
          members.put(
              each.name(),
              each.shape().type == Shape.Type.LIST ? given : Input.text(each, given.get(0)));
        }
      }
    }
  }

  Ingress ingress() {
    return ingress;
  }

  Owner owner() {
    return owner;
  }

  Functions functions() {
    return ingress.functions(owner);
  }

  Layers layers() {
    return ingress.engine().layers(owner);
  }

  /** The host as the client called it; null: it did not say. */
  String host() {
    return host;
  }

  boolean has(String name) {
    return members.get(name) != null;
  }

  Object value(String name) {
    return members.get(name);
  }

  String text(String name) {
    return (String) members.get(name);
  }

  String text(String name, String otherwise) {
    Object value = members.get(name);
    return value == null ? otherwise : (String) value;
  }

  long number(String name, long otherwise) {
    Object value = members.get(name);
    return value == null ? otherwise : ((Number) value).longValue();
  }

  boolean flag(String name) {
    return Boolean.TRUE.equals(members.get(name));
  }

  /** A structure or map; null: it was not given. */
  @SuppressWarnings("unchecked")
  Map<String, Object> map(String name) {
    return (Map<String, Object>) members.get(name);
  }

  /** A map of texts; null: it was not given. */
  @SuppressWarnings("unchecked")
  Map<String, String> texts(String name) {
    return (Map<String, String>) members.get(name);
  }

  /** A list of texts; null: it was not given. */
  @SuppressWarnings("unchecked")
  List<String> list(String name) {
    return (List<String>) members.get(name);
  }

  String function() {
    return text("FunctionName");
  }

  String qualifier() {
    return text("Qualifier");
  }
}
