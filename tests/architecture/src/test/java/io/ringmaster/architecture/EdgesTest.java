package io.ringmaster.architecture;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The dependency edges of the architecture. */
class EdgesTest {
  private static JavaClasses product;

  @BeforeAll
  static void read() {
    product =
        new ClassFileImporter()
            .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
            .importPackages("io.ringmaster");
    assertTrue(product.contain("io.ringmaster.api.Engine"), "the product is not on the class path");
  }

  @Test
  void theApiDependsOnNothing() {
    only("io.ringmaster.api..");
  }

  @Test
  void theDriverInterfaceDependsOnTheApiAtMost() {
    only("io.ringmaster.sandbox.spi..", "io.ringmaster.api..");
  }

  @Test
  void theStorageInterfacesDependOnNothing() {
    only("io.ringmaster.persistence.spi..");
  }

  @Test
  void theSchedulerSeesTheApiAndTheTwoInterfaces() {
    only(
        "io.ringmaster.core..",
        "io.ringmaster.api..",
        "io.ringmaster.sandbox.spi..",
        "io.ringmaster.persistence.spi..",
        "com.lmax.disruptor..",
        "org.agrona..",
        "org.jctools..");
  }

  @Test
  void systemCallsDependOnNothing() {
    only("io.ringmaster.sandbox.system..");
  }

  @Test
  void theProcessDriverSeesItsInterfaceAndTheSystem() {
    only(
        "io.ringmaster.sandbox.linux..",
        "io.ringmaster.sandbox.spi..",
        "io.ringmaster.sandbox.system..",
        "io.ringmaster.bootstraps..",
        "io.ringmaster.api..",
        "org.agrona..",
        "org.jctools..");
  }

  @Test
  void theKeeperSeesTheSystemOnly() {
    only("io.ringmaster.sandbox.keeper..", "io.ringmaster.sandbox.system..");
  }

  @Test
  void bootstrapsDependOnNothing() {
    only("io.ringmaster.bootstraps..");
  }

  /** It runs functions, in processes of their own: of the product it sees nothing. */
  @Test
  void theJavaRuntimeSeesWhatLambdaGivesJavaFunctions() {
    only("io.ringmaster.runtime..", "com.amazonaws..");
    noClasses()
        .that()
        .resideOutsideOfPackage("io.ringmaster.runtime..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.ringmaster.runtime..")
        .check(product);
  }

  @Test
  void theRuntimeApiSeesItsInterface() {
    only(
        "io.ringmaster.sandbox.runtimeapi..",
        "io.ringmaster.sandbox.spi..",
        "io.netty..",
        "org.jctools..");
  }

  @Test
  void whatIngressesShareSeesTheApi() {
    only("io.ringmaster.ingress..", "io.ringmaster.api..", "io.netty..", "com.fasterxml.jackson..");
  }

  @Test
  void theHttpIngressSeesTheApi() {
    only(
        "io.ringmaster.lambdahttp..",
        "io.ringmaster.ingress..",
        "io.ringmaster.api..",
        "io.netty..",
        "com.fasterxml.jackson..");
  }

  @Test
  void fileStoresSeeTheirInterface() {
    only(
        "io.ringmaster.persistence.files..",
        "io.ringmaster.persistence.spi..",
        "org.apache.commons.compress..",
        "org.h2.mvstore..");
  }

  @Test
  void theJournalSeesItsInterfaceAndChronicle() {
    only(
        "io.ringmaster.persistence.chronicle..",
        "io.ringmaster.persistence.spi..",
        "net.openhft..",
        "org.jctools..");
    noClasses()
        .that()
        .resideOutsideOfPackage("io.ringmaster.persistence.chronicle..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.ringmaster.persistence.chronicle..")
        .check(product);
  }

  @Test
  void theGrpcIngressSeesTheApi() {
    only(
        "io.ringmaster.grpc..",
        "io.ringmaster.ingress..",
        "io.ringmaster.api..",
        "io.grpc..",
        "io.netty..",
        "com.google..",
        "javax.annotation..");
  }

  /** The client of the gRPC interface knows what is published, not what serves it. */
  @Test
  void theGrpcClientSeesThePublishedInterfaceOnly() {
    only("io.ringmaster.grpc.client..", "io.ringmaster.grpc.v1..", "io.grpc..", "com.google..");
  }

  @Test
  void theSimulatorSeesTheSchedulerOnly() {
    only(
        "io.ringmaster.simulation..",
        "io.ringmaster.core..",
        "io.ringmaster.api..",
        "io.ringmaster.sandbox.spi..",
        "io.ringmaster.persistence.spi..",
        "org.agrona..");
  }

  /** A process boundary: they share the wire format and nothing else. */
  @Test
  void nobodyDependsOnTheKeeper() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.ringmaster.sandbox.keeper..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.ringmaster.sandbox.keeper..")
        .check(product);
  }

  @Test
  void nobodyDependsOnTheCommandLine() {
    noClasses()
        .that()
        .resideOutsideOfPackage("io.ringmaster.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.ringmaster.cli..")
        .check(product);
  }

  /** The server is the only assembly of everything; the command line starts it. */
  @Test
  void onlyTheCommandLineDependsOnTheServer() {
    noClasses()
        .that()
        .resideOutsideOfPackages("io.ringmaster.server..", "io.ringmaster.cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("io.ringmaster.server..")
        .check(product);
  }

  /** What is told about options and sockets knows nothing of the engine. */
  @Test
  void theServersOptionsAndSocketsDependOnTheSystemAtMost() {
    only("io.ringmaster.server.config..");
    only(
        "io.ringmaster.server.listen..",
        "io.ringmaster.server.config..",
        "io.ringmaster.sandbox.system..");
    only(
        "io.ringmaster.server.control..",
        "io.ringmaster.server.listen..",
        "io.ringmaster.sandbox.system..");
  }

  /** They talk to a server as any client does. */
  @Test
  void theClientCommandsSeeTheCommandLineOnly() {
    noClasses()
        .that()
        .resideInAnyPackage("io.ringmaster.cli.client..", "io.ringmaster.cli.deploy..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.ringmaster..")
                .and(DescribedPredicate.not(resideInAnyPackage("io.ringmaster.cli.."))))
        .check(product);
  }

  /**
   * The demonstration shows what an embedder sees. Which interpreters there are it asks as {@code
   * doctor} does.
   */
  @Test
  void theDemonstrationUsesThePublicApi() {
    noClasses()
        .that()
        .resideInAPackage("io.ringmaster.cli.demo..")
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("io.ringmaster..")
                .and(
                    DescribedPredicate.not(
                        resideInAnyPackage(
                            "io.ringmaster.api..",
                            "io.ringmaster.cli..",
                            "io.ringmaster.sandbox.linux.runtimes.."))))
        .check(product);
  }

  @ParameterizedTest
  @ValueSource(strings = {"accept", "resolve", "admit", "place", "settle", "record"})
  void aStageDoesNotImportAnotherStage(String stage) {
    List<String> others =
        new ArrayList<>(List.of("accept", "resolve", "admit", "place", "settle", "record"));
    others.remove(stage);
    noClasses()
        .that()
        .resideInAPackage("io.ringmaster.core." + stage + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            others.stream()
                .map(other -> "io.ringmaster.core." + other + "..")
                .toArray(String[]::new))
        .allowEmptyShould(true)
        .check(product);
  }

  @Test
  void packagesHaveNoCycles() {
    slices().matching("io.ringmaster.(**)").should().beFreeOfCycles().check(product);
  }

  /** Netty belongs to the Runtime API and the ingresses, Chronicle to the event journal. */
  @Test
  void nettyAndChronicleStayWhereTheyBelong() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.ringmaster.sandbox.runtimeapi..",
            "io.ringmaster.lambdahttp..",
            "io.ringmaster.grpc..",
            "io.ringmaster.ingress.loop..",
            "io.ringmaster.bench.floor..",
            "io.ringmaster.bench.load..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("io.netty..")
        .check(product);
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.ringmaster.persistence.chronicle..", "io.ringmaster.bench.floor..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("net.openhft..")
        .check(product);
  }

  /** The JVM is about to lose {@code sun.misc.Unsafe}; JCTools has the same queues without it. */
  @Test
  void queuesDoWithoutUnsafe() {
    noClasses()
        .should()
        .dependOnClassesThat(
            resideInAnyPackage("org.jctools.queues", "org.jctools.util")
                .and(
                    DescribedPredicate.describe(
                        "of the Unsafe family",
                        type ->
                            !type.getName().startsWith("org.jctools.queues.MessagePassingQueue"))))
        .orShould()
        .dependOnClassesThat()
        .resideInAPackage("sun.misc..")
        .check(product);
  }

  /** Time is passed in, so that the scheduler is deterministic. */
  @Test
  void theStagesReadNoClock() {
    noClasses()
        .that()
        .resideInAnyPackage(
            "io.ringmaster.core.accept..",
            "io.ringmaster.core.resolve..",
            "io.ringmaster.core.admit..",
            "io.ringmaster.core.place..",
            "io.ringmaster.core.settle..",
            "io.ringmaster.core.dispatch..",
            "io.ringmaster.core.timer..")
        .should()
        .callMethod(System.class, "nanoTime")
        .orShould()
        .callMethod(System.class, "currentTimeMillis")
        .check(product);
  }

  /** Classes of the first package depend on the JDK, on each other and on {@code others} only. */
  private static void only(String from, String... others) {
    DescribedPredicate<JavaClass> ours =
        resideInAnyPackage("java..", "javax..", "jdk..", "com.sun.management..", from)
            .or(resideInAnyPackage(others))
            .or(DescribedPredicate.describe("primitive", JavaClass::isPrimitive))
            .or(
                DescribedPredicate.describe(
                    "array of a primitive",
                    each -> each.isArray() && each.getBaseComponentType().isPrimitive()));
    classes()
        .that()
        .resideInAPackage(from)
        .should()
        .onlyDependOnClassesThat(ours)
        .allowEmptyShould(true)
        .check(product);
  }
}
