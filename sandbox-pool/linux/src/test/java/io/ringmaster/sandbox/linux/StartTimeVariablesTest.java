package io.ringmaster.sandbox.linux;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.Map;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class StartTimeVariablesTest {
  @ParameterizedTest
  @CsvSource({
    "TZ, python node java ruby",
    "LC_ALL, python node java ruby",
    "LD_PRELOAD, python node java ruby",
    "MALLOC_ARENA_MAX, python node java ruby",
    "GLIBC_TUNABLES, python node java ruby",
    "OPENSSL_CONF, python node java ruby",
    "AWS_LAMBDA_EXEC_WRAPPER, python node java ruby",
    "PYTHONHASHSEED, python",
    "PYTHONPATH, python",
    "NODE_OPTIONS, node",
    "NODE_ICU_DATA, node",
    "NODE_DEBUG, node",
    "NODE_EXTRA_CA_CERTS, node",
    "SSL_CERT_FILE, node",
    "SSL_CERT_DIR, node",
    "UV_THREADPOOL_SIZE, node",
    "JAVA_TOOL_OPTIONS, java",
    "JDK_JAVA_OPTIONS, java",
    "RUBYOPT, ruby",
    "RUBY_GC_HEAP_INIT_SLOTS, ruby",
    "RUBY_YJIT_ENABLE, ruby",
    "NODE_ENV, ''",
    "NODE_NO_WARNINGS, ''",
    "RUBY, ''",
    "NODE_PATH, ''",
    "NODE_TLS_REJECT_UNAUTHORIZED, ''",
    "NODE_CONFIG_DIR, ''",
    "AWS_NODEJS_CONNECTION_REUSE_ENABLED, ''",
    "PATH, ''",
    "TZ_OF_MY_SHOP, ''",
    "LDAP_HOST, ''",
    "GEM_PATH, ''",
    "STAGE, ''"
  })
  void eachRuntimesOwn(String name, String families) {
    StringBuilder found = new StringBuilder();
    for (String family : new String[] {"python", "node", "java", "ruby"}) {
      if (StartTimeVariables.in(family, Map.of("OTHER", "x", name, "y"))) {
        found.append(found.isEmpty() ? "" : " ").append(family);
      }
    }
    assertEquals(families, found.toString());
  }
}
