// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification;

import static java.util.stream.Collectors.groupingBy;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What the text of the sources keeps to, in every module, the benchmarks and the tests included.
///
/// Rules about who uses whom are in [ArchitectureTest], which reads class files.
final class SourcesTest {

  private static final Pattern OLD_DOCUMENTATION = Pattern.compile("(?m)^\\s*/\\*\\*");
  private static final Pattern SLEEPING =
      Pattern.compile("\\b(?:Thread|TimeUnit|[A-Z]+SECONDS|MINUTES)\\.sleep\\(");

  private static final List<String> MODULES =
      List.of(
          "api",
          "benchmarks",
          "cli",
          "client",
          "codecs",
          "engine",
          "examples/bank-account",
          "examples/shopping-cart",
          "observing",
          "projections",
          "protocol",
          "readmodels",
          "server",
          "spring-boot-starter",
          "testkit",
          "toolkit",
          "verification");

  private static final List<Source> SOURCES = sources();

  /// One file: the module it belongs to, `main` or `test`, its package as a folder, and its text.
  private record Source(String module, String set, Path folder, Path file, String text) {
    boolean isNamed(String name) {
      return file.endsWith(name);
    }

    @Override
    public String toString() {
      return file.toString();
    }
  }

  private static List<Source> sources() {
    var project = project();
    return MODULES.stream()
        .flatMap(module -> Stream.of("main", "test").flatMap(set -> read(project, module, set)))
        .toList();
  }

  private static Path project() {
    var folder = Path.of("").toAbsolutePath();
    while (folder != null && !Files.exists(folder.resolve("mvnw"))) {
      folder = folder.getParent();
    }
    if (folder == null) {
      throw new IllegalStateException(
          "No folder above %s holds mvnw: where is the project?"
              .formatted(Path.of("").toAbsolutePath()));
    }
    return folder;
  }

  private static Stream<Source> read(Path project, String module, String set) {
    var root = project.resolve(module).resolve("src").resolve(set).resolve("java");
    if (!Files.isDirectory(root)) {
      return Stream.of();
    }
    try (var files = Files.walk(root)) {
      return files
          .filter(file -> file.toString().endsWith(".java"))
          .map(file -> source(project, module, set, root, file))
          .toList()
          .stream();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Source source(Path project, String module, String set, Path root, Path file) {
    try {
      return new Source(
          module,
          set,
          root.relativize(file.getParent()),
          project.relativize(file),
          Files.readString(file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<Path> sourcesThat(Predicate<Source> offend) {
    return SOURCES.stream().filter(offend).map(Source::file).toList();
  }

  @Test
  void every_module_has_sources_to_look_at() {
    assertThat(SOURCES.stream().map(Source::module).distinct()).containsAll(MODULES);
  }

  @Test
  void documentation_is_markdown() {
    assertThat(sourcesThat(source -> OLD_DOCUMENTATION.matcher(source.text()).find())).isEmpty();
  }

  @Test
  void no_test_sleeps() {
    assertThat(
            sourcesThat(source ->
                (source.set().equals("test") || source.module().equals("testkit"))
                    && SLEEPING.matcher(source.text()).find()))
        .isEmpty();
  }

  @Test
  void every_package_is_null_marked_and_says_what_is_here() {
    var packages =
        SOURCES.stream()
            .filter(source -> !source.isNamed("module-info.java"))
            .collect(groupingBy(source -> source.module() + " " + source.folder()));

    var unexplained =
        packages.entrySet().stream()
            .filter(files -> files.getValue().stream().noneMatch(SourcesTest::explainsItsPackage))
            .map(Map.Entry::getKey);
    assertThat(unexplained).isEmpty();
  }

  private static boolean explainsItsPackage(Source source) {
    return source.isNamed("package-info.java")
        && source.text().contains("\n@NullMarked\n")
        && source.text().contains("\n/// ");
  }
}
