package io.ringmaster.lambdahttp;

import io.ringmaster.api.Alias;
import io.ringmaster.api.FunctionConfiguration;
import io.ringmaster.api.PublishRequest;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Versions and aliases. */
final class VersionWorks {
  private VersionWorks() {}

  static void register(Map<String, Management.Work> works) {
    works.put("PublishVersion", VersionWorks::publish);
    works.put("ListVersionsByFunction", VersionWorks::versions);
    works.put("CreateAlias", VersionWorks::create);
    works.put("UpdateAlias", VersionWorks::update);
    works.put(
        "GetAlias", in -> Documents.alias(in.functions().getAlias(in.function(), in.text("Name"))));
    works.put("ListAliases", VersionWorks::aliases);
    works.put(
        "DeleteAlias",
        in -> {
          in.functions().deleteAlias(in.function(), in.text("Name"));
          return null;
        });
  }

  private static Object publish(Arguments in) throws Refused {
    FunctionWorks.requireServed(in);
    PublishRequest request =
        new PublishRequest(in.text("Description"), in.text("CodeSha256"), in.text("RevisionId"));
    return Documents.function(in.functions().publishVersion(in.function(), request), false);
  }

  private static Object versions(Arguments in) throws Refused {
    return Paging.page(
        in,
        "Versions",
        in.functions().listVersions(in.function()),
        FunctionConfiguration::version,
        Paging.VERSIONS,
        each -> Documents.function(each, true));
  }

  /** Null: the request does not say; empty: all invocations go to one version. */
  private static Map<String, Double> weights(Arguments in) {
    if (!in.has("RoutingConfig")) {
      return null;
    }
    Map<String, Double> weights = new HashMap<>();
    Object given = in.map("RoutingConfig").get("AdditionalVersionWeights");
    if (given instanceof Map<?, ?> map) {
      map.forEach(
          (version, share) -> weights.put((String) version, ((Number) share).doubleValue()));
    }
    return weights;
  }

  private static Object create(Arguments in) {
    Map<String, Double> weights = weights(in);
    return Documents.alias(
        in.functions()
            .createAlias(
                in.function(),
                in.text("Name"),
                in.text("FunctionVersion"),
                in.text("Description", ""),
                weights == null ? Map.of() : weights));
  }

  private static Object update(Arguments in) {
    return Documents.alias(
        in.functions()
            .updateAlias(
                in.function(),
                in.text("Name"),
                in.text("FunctionVersion"),
                in.text("Description"),
                weights(in),
                in.text("RevisionId")));
  }

  private static Object aliases(Arguments in) throws Refused {
    String version = in.text("FunctionVersion");
    List<Alias> aliases =
        version == null
            ? in.functions().listAliases(in.function())
            : in.functions().listAliases(in.function(), version);
    return Paging.page(
        in, "Aliases", aliases, Alias::name, Comparator.naturalOrder(), Documents::alias);
  }
}
