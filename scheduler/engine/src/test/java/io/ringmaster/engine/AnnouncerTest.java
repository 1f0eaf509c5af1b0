package io.ringmaster.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.ringmaster.api.Owner;
import io.ringmaster.core.resolve.FunctionDefinition;
import io.ringmaster.core.resolve.FunctionPublisher;
import io.ringmaster.core.resolve.VersionDefinition;
import io.ringmaster.sandbox.spi.PoolKey;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AnnouncerTest {
  private static final String ACCOUNT = "123456789012";

  private final List<String> told = new ArrayList<>();

  private final Announcer announcer =
      new Announcer(
          (spec, version) -> told.add("expect " + version),
          new FunctionPublisher() {
            @Override
            public void publish(FunctionDefinition function) {
              told.add("publish " + function.name());
            }

            @Override
            public void withdraw(Owner owner, String name) {
              told.add("withdraw " + name);
            }
          });

  /** Negative: in the JVM. */
  private static FunctionDefinition function(String name, long... ids) {
    Map<String, VersionDefinition> versions = new LinkedHashMap<>();
    for (long id : ids) {
      PoolKey key = new PoolKey(ACCOUNT, id, "", "");
      versions.put("v" + id, new VersionDefinition(id, "v" + id, key, null, id < 0));
    }
    return new FunctionDefinition(
        ACCOUNT, "us-east-1", name, -1, Map.of(), 1000, versions, Map.of());
  }

  private void hears(String... expected) {
    assertEquals(List.of(expected), told);
    told.clear();
  }

  @Test
  void eachVersionIsAnnouncedOnce() {
    announcer.publish(function("f", 1));
    hears("expect 1", "publish f");
    announcer.publish(function("f", 1));
    hears("publish f");
    announcer.publish(function("f", 1, 2, -3));
    hears("expect 2", "publish f");
    announcer.publish(function("g", 1));
    hears("expect 1", "publish g");
    announcer.publish(function("f", 4, 2));
    hears("expect 4", "publish f");
  }

  @Test
  void whatWasWithdrawnIsForgotten() {
    announcer.publish(function("f", 1, 2));
    announcer.withdraw(new Owner(ACCOUNT, "us-east-1"), "f");
    announcer.publish(function("f", 1, 2));
    hears("expect 1", "expect 2", "publish f", "withdraw f", "expect 1", "expect 2", "publish f");
  }
}
