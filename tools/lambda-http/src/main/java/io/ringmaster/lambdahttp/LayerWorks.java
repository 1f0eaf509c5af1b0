package io.ringmaster.lambdahttp;

import io.ringmaster.api.LayerSpec;
import io.ringmaster.api.LayerVersion;
import io.ringmaster.api.Page;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/** Layers and their versions. */
final class LayerWorks {
  private LayerWorks() {}

  static void register(Map<String, Management.Work> works) {
    works.put("PublishLayerVersion", LayerWorks::publish);
    works.put(
        "GetLayerVersion",
        in -> shown(in, in.layers().get(in.text("LayerName"), in.number("VersionNumber", 0))));
    works.put("GetLayerVersionByArn", in -> shown(in, in.layers().getByArn(in.text("Arn"))));
    works.put("ListLayers", LayerWorks::list);
    works.put("ListLayerVersions", LayerWorks::listVersions);
    works.put(
        "DeleteLayerVersion",
        in -> {
          in.layers().delete(in.text("LayerName"), in.number("VersionNumber", 0));
          return null;
        });
  }

  private static Object shown(Arguments in, LayerVersion it) {
    return Documents.layer(it, in.ingress().links().layer(in, it));
  }

  private static Object publish(Arguments in) throws Refused {
    LayerSpec spec =
        new LayerSpec(
            in.text("LayerName"),
            in.text("Description"),
            CodeSources.code(in, in.map("Content")),
            in.list("CompatibleRuntimes"),
            in.list("CompatibleArchitectures"),
            in.text("LicenseInfo"));
    return shown(in, in.layers().publish(spec));
  }

  private static Predicate<LayerVersion> wanted(Arguments in) {
    String runtime = in.text("CompatibleRuntime");
    String architecture = in.text("CompatibleArchitecture");
    return each ->
        (runtime == null || each.compatibleRuntimes().contains(runtime))
            && (architecture == null || each.compatibleArchitectures().contains(architecture));
  }

  private static Object list(Arguments in) throws Refused {
    List<Object> items = new ArrayList<>();
    String last = Paging.after(in);
    boolean more = true;
    while (more && items.size() < Paging.max(in)) {
      Page<LayerVersion> page = in.layers().list(last, Paging.max(in));
      more = page.more();
      for (LayerVersion each : page.items()) {
        if (items.size() == Paging.max(in)) {
          more = true;
          break;
        }
        last = each.name();
        if (wanted(in).test(each)) {
          Map<String, Object> item = new LinkedHashMap<>();
          item.put("LayerName", each.name());
          item.put("LayerArn", each.layerArn());
          item.put("LatestMatchingVersion", Documents.layerItem(each));
          items.add(item);
        }
      }
      if (page.items().isEmpty()) {
        more = false;
      }
    }
    Map<String, Object> answer = new LinkedHashMap<>();
    answer.put("Layers", items);
    if (more && last != null) {
      answer.put("NextMarker", Paging.marker(last));
    }
    return answer;
  }

  private static Object listVersions(Arguments in) throws Refused {
    List<LayerVersion> versions =
        in.layers().listVersions(in.text("LayerName")).stream().filter(wanted(in)).toList();
    return Paging.page(
        in,
        "LayerVersions",
        versions,
        each -> Long.toString(each.version()),
        Paging.VERSIONS.reversed(),
        Documents::layerItem);
  }
}
