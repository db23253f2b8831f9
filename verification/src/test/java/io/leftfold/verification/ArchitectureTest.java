// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification;

import static com.tngtech.archunit.base.DescribedPredicate.describe;
import static com.tngtech.archunit.base.DescribedPredicate.not;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.target;
import static com.tngtech.archunit.core.domain.JavaAccess.Predicates.targetOwner;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.belongToAnyOf;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.core.domain.properties.HasName.Predicates.nameMatching;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaCall;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import io.leftfold.projections.ProjectionOptions;
import io.leftfold.projections.ProjectionRuntime;
import io.leftfold.projections.Projections;
import io.leftfold.toolkit.FoldingOptions;
import io.leftfold.toolkit.HandlingOptions;
import java.io.FileInputStream;
import java.io.FileOutputStream;
import java.io.RandomAccessFile;
import java.lang.foreign.Arena;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.security.MessageDigest;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.Executors;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadLocalRandom;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What may know what: the rules that keep a change in one part from reaching into the others.
///
/// They read the class files of every module but this one and the benchmarks. Rules about the text
/// of the sources are in [SourcesTest]. A rule that sees no classes fails, so none goes quiet when
/// a package is renamed.
final class ArchitectureTest {

  /// Each module, and the modules whose words it may use.
  private static final Map<String, Set<String>> MAY_USE =
      Map.ofEntries(
          Map.entry("api", Set.of()),
          Map.entry("engine", Set.of("api")),
          Map.entry("projections", Set.of("api")),
          Map.entry("testkit", Set.of("api")),
          Map.entry("toolkit", Set.of("api")),
          Map.entry("codecs", Set.of("toolkit")),
          Map.entry("observing", Set.of("toolkit")),
          Map.entry("readmodels", Set.of("api", "toolkit")),
          Map.entry("spring", Set.of("api", "client", "engine", "observing", "toolkit")),
          Map.entry("protocol", Set.of()),
          Map.entry("client", Set.of("api", "protocol")),
          Map.entry("server", Set.of("api", "engine", "projections", "protocol")),
          Map.entry("cli", Set.of("api", "client", "engine", "projections", "server")),
          Map.entry("examples", Set.of("api", "client", "engine", "readmodels", "toolkit")));

  /// Each library that has an owner, and the packages that own it.
  private static final Map<String, List<String>> OWNERS =
      Map.ofEntries(
          Map.entry(
              "com.google.protobuf..",
              List.of(inside("protocol"), inside("client"), inside("server"), inside("codecs"))),
          Map.entry("com.google.re2j..", List.of(inside("engine"))),
          Map.entry("gg.jte..", List.of(inside("examples"))),
          Map.entry("io.grpc..", List.of(inside("protocol"), inside("client"))),
          Map.entry(
              "io.micrometer..",
              List.of("io.leftfold.server.metrics..", inside("observing"), inside("spring"))),
          Map.entry("io.netty..", List.of(inside("server"))),
          Map.entry(
              "io.opentelemetry..", List.of("io.leftfold.server.tracing..", inside("observing"))),
          Map.entry("io.vertx..", List.of(inside("server"))),
          Map.entry("java.sql..", List.of(inside("readmodels"), inside("examples"))),
          Map.entry("org.apache.avro..", List.of(inside("codecs"))),
          Map.entry("org.apache.lucene..", List.of("io.leftfold.readmodels.lucene..")),
          Map.entry("org.apache.tinkerpop..", List.of("io.leftfold.readmodels.graph..")),
          Map.entry("org.bouncycastle..", List.of("io.leftfold.server.tls..")),
          Map.entry("org.eclipse.jgit..", List.of(inside("cli"))),
          Map.entry("org.graalvm..", List.of(inside("projections"))),
          Map.entry("org.junit..", List.of(inside("testkit"))),
          Map.entry("org.springframework..", List.of(inside("spring"))),
          Map.entry("org.snakeyaml..", List.of("io.leftfold.cli.config..")),
          Map.entry("picocli..", List.of(inside("cli"))),
          Map.entry("redis.clients..", List.of("io.leftfold.readmodels.redis..")));

  /// From the ground up: each part of the engine may use those before it.
  private static final List<String> ENGINE_FROM_THE_GROUND_UP =
      List.of("disk", "log", "index", "stream", "subscription", "scavenge");

  /// The wires of the server: each translates between one protocol and the node.
  private static final List<String> WIRES = List.of("grpc", "http", "tcp", "admin");

  /// Named by a rule, and still without a class: the rule starts to hold with the first one.
  private static final Set<String> NOT_YET_WRITTEN = Set.of("io.leftfold.server.admin");

  private static final JavaClasses LEFTFOLD =
      new ClassFileImporter()
          .withImportOption(ImportOption.Predefined.DO_NOT_INCLUDE_TESTS)
          .withImportOption(location -> !location.contains("-tests.jar"))
          .importPackages("io.leftfold");

  private static String inside(String module) {
    return "io.leftfold." + module + "..";
  }

  private static String root(String module) {
    return "io.leftfold." + module;
  }

  private static Stream<String> modules() {
    return MAY_USE.keySet().stream().sorted();
  }

  @ParameterizedTest
  @MethodSource("modules")
  void a_module_uses_only_the_modules_it_may(String module) {
    var strangers =
        modules()
            .filter(other ->
                !other.equals(module) && !MAY_USE.getOrDefault(module, Set.of()).contains(other))
            .map(ArchitectureTest::inside)
            .toArray(String[]::new);

    noClasses()
        .that()
        .resideInAPackage(inside(module))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(strangers)
        .check(LEFTFOLD);
  }

  /// The messages and codecs of `protocol` have no inside: all of it is for the client and the
  /// server. What the engine offers to implementers, the toolkit for processes, keys and durable
  /// files, and the readmodels for each kind of store, are packages beside the root.
  @ParameterizedTest
  @MethodSource("modules")
  void modules_meet_in_their_root_packages(String module) {
    if (module.equals("protocol")) {
      return;
    }
    var theInside =
        resideInAPackage(inside(module))
            .and(
                not(
                    resideInAnyPackage(
                        root(module),
                        "io.leftfold.engine.spi",
                        "io.leftfold.readmodels.files",
                        "io.leftfold.readmodels.graph",
                        "io.leftfold.readmodels.lucene",
                        "io.leftfold.readmodels.redis",
                        "io.leftfold.toolkit.files",
                        "io.leftfold.toolkit.keys",
                        "io.leftfold.toolkit.process",
                        "io.leftfold.toolkit.topology")));

    noClasses()
        .that()
        .resideOutsideOfPackage(inside(module))
        .should()
        .dependOnClassesThat(theInside)
        .check(LEFTFOLD);
  }

  @Test
  void no_two_packages_know_each_other() {
    slices().matching("io.leftfold.(**)").should().beFreeOfCycles().check(LEFTFOLD);
  }

  @Test
  void every_library_has_one_owner() {
    OWNERS.forEach((library, owners) ->
        noClasses()
            .that()
            .resideOutsideOfPackages(owners.toArray(String[]::new))
            .should()
            .dependOnClassesThat()
            .resideInAPackage(library)
            .because("%s belongs to %s".formatted(library, owners))
            .check(LEFTFOLD));
  }

  /// Of the store's disk. Certificates are files that others write and read, keys of subjects lie
  /// outside for good reason, and read models are files for others: none is part of a store.
  @Test
  void the_disk_has_one_door() {
    noClasses()
        .that()
        .resideOutsideOfPackages(
            "io.leftfold.engine.disk",
            "io.leftfold.readmodels.files",
            "io.leftfold.server.tls",
            "io.leftfold.toolkit.files",
            "io.leftfold.toolkit.keys",
            inside("cli"))
        .should()
        .dependOnClassesThat(
            belongToAnyOf(
                Arena.class,
                FileChannel.class,
                FileInputStream.class,
                FileOutputStream.class,
                Files.class,
                RandomAccessFile.class))
        .check(LEFTFOLD);
  }

  /// The root packages wire (of the projections, the classes that open; of the toolkit, its
  /// options): they hand the real clock, the real chance and the real threads to what is beneath,
  /// which takes them by constructor so that a test can own them.
  @Test
  void time_chance_and_threads_come_in_by_constructor() {
    noClasses()
        .that(
            resideInAnyPackage(
                    inside("codecs"),
                    inside("engine"),
                    inside("observing"),
                    inside("projections"),
                    inside("readmodels"),
                    inside("server"),
                    inside("toolkit"))
                .and(not(resideInAnyPackage(root("engine"), root("server"))))
                .and(
                    not(
                        belongToAnyOf(
                            FoldingOptions.class,
                            HandlingOptions.class,
                            ProjectionOptions.class,
                            ProjectionRuntime.class,
                            Projections.class))))
        .should()
        .accessTargetWhere(takenFromTheSurroundings())
        .check(LEFTFOLD);
  }

  private static DescribedPredicate<JavaAccess<?>> takenFromTheSurroundings() {
    DescribedPredicate<JavaAccess<?>> clock =
        targetOwner(belongToAnyOf(Clock.class)).and(target(nameMatching("system.*|tick.*")));
    DescribedPredicate<JavaAccess<?>> now =
        targetOwner(resideInAPackage("java.time..")).and(target(nameMatching("now")));
    DescribedPredicate<JavaAccess<?>> millis =
        targetOwner(belongToAnyOf(System.class)).and(target(nameMatching("currentTimeMillis")));
    DescribedPredicate<JavaAccess<?>> chance =
        targetOwner(belongToAnyOf(Random.class, SecureRandom.class, ThreadLocalRandom.class))
            .and(target(nameMatching("<init>|current")));
    DescribedPredicate<JavaAccess<?>> generator =
        targetOwner(belongToAnyOf(RandomGenerator.class))
            .and(target(nameMatching("getDefault|of")));
    DescribedPredicate<JavaAccess<?>> uuid =
        targetOwner(belongToAnyOf(UUID.class)).and(target(nameMatching("randomUUID")));
    DescribedPredicate<JavaAccess<?>> thread =
        targetOwner(belongToAnyOf(Thread.class))
            .and(target(nameMatching("<init>|ofVirtual|ofPlatform|startVirtualThread")));
    DescribedPredicate<JavaAccess<?>> executor =
        targetOwner(belongToAnyOf(Executors.class))
            .and(describe("without a thread factory", ArchitectureTest::hasNoThreadFactory));
    return clock
        .or(now)
        .or(millis)
        .or(chance)
        .or(generator)
        .or(uuid)
        .or(thread)
        .or(executor)
        .as("takes the clock, chance or a thread from its surroundings");
  }

  private static boolean hasNoThreadFactory(JavaAccess<?> access) {
    return access instanceof JavaCall<?> call
        && call.getTarget().getRawParameterTypes().stream()
            .noneMatch(parameter -> parameter.isEquivalentTo(ThreadFactory.class));
  }

  /// Classes of an application are named by it, and never looked into.
  @Test
  void the_toolkit_does_not_reflect() {
    noClasses()
        .that()
        .resideInAnyPackage(inside("codecs"), inside("readmodels"), inside("toolkit"))
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.lang.reflect..", "java.lang.annotation..")
        .check(LEFTFOLD);
  }

  @Test
  void secrets_are_compared_in_constant_time() {
    noClasses()
        .that()
        .resideInAPackage("io.leftfold.server.access")
        .should()
        .callMethod(Arrays.class, "equals", byte[].class, byte[].class)
        .check(LEFTFOLD);
    classes()
        .that()
        .resideInAPackage("io.leftfold.server.access")
        .and()
        .haveNameMatching(".*\\.(PasswordHash|Tokens)")
        .should()
        .callMethod(MessageDigest.class, "isEqual", byte[].class, byte[].class)
        .check(LEFTFOLD);
  }

  @Test
  void one_class_a_module_reads_the_nanosecond_clock() {
    var readers =
        LEFTFOLD.stream()
            .filter(type ->
                type.getMethodCallsFromSelf().stream()
                    .anyMatch(call ->
                        call.getTargetOwner().isEquivalentTo(System.class)
                            && call.getName().equals("nanoTime")))
            .collect(groupingBy(ArchitectureTest::moduleOf));

    assertThat(LEFTFOLD).isNotEmpty();
    assertThat(readers).allSatisfy((module, types) -> assertThat(types).as(module).hasSize(1));
  }

  private static String moduleOf(JavaClass type) {
    return type.getPackageName().split("\\.", 4)[2];
  }

  @Test
  void inside_the_engine_nothing_points_back() {
    for (var i = 0; i < ENGINE_FROM_THE_GROUND_UP.size() - 1; i++) {
      var above = ENGINE_FROM_THE_GROUND_UP.subList(i + 1, ENGINE_FROM_THE_GROUND_UP.size());
      usesNoneOf(
          "io.leftfold.engine." + ENGINE_FROM_THE_GROUND_UP.get(i),
          above.stream().map(part -> "io.leftfold.engine." + part + ".."));
    }
  }

  /// What they do to a store, anybody could do who has one.
  @Test
  void persistent_subscriptions_are_built_on_the_api_alone() {
    classes()
        .that()
        .resideInAPackage("io.leftfold.server.group..")
        .should()
        .onlyDependOnClassesThat()
        .resideInAnyPackage(
            "io.leftfold.server.group..",
            root("api"),
            "java..",
            "org.jspecify..",
            "tools.jackson..")
        .check(LEFTFOLD);
  }

  @Test
  void wires_are_strangers_to_each_other_and_to_the_engine() {
    for (var wire : WIRES) {
      var others =
          WIRES.stream()
              .filter(other -> !other.equals(wire))
              .map(other -> "io.leftfold.server." + other + "..");
      usesNoneOf("io.leftfold.server." + wire, Stream.concat(Stream.of(inside("engine")), others));
    }
  }

  /// Checks that a package, once it has classes, uses none of the strangers.
  private static void usesNoneOf(String user, Stream<String> strangers) {
    if (NOT_YET_WRITTEN.contains(user)) {
      assertThat(LEFTFOLD.stream().filter(type -> type.getPackageName().equals(user)))
          .as("%s has classes now and comes off the list of what is not yet written", user)
          .isEmpty();
      return;
    }
    noClasses()
        .that()
        .resideInAPackage(user + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(strangers.toArray(String[]::new))
        .check(LEFTFOLD);
  }
}
