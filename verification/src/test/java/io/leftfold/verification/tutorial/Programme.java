// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.tutorial;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.TreeSet;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;

/// The Java of some pages as one programme. Each page is a class: all that was declared up to and
/// on it, each name as it was declared last, and a method of its statements.
final class Programme {

  private static final String FILE = "Tutorial.java";
  private static final String MARK = "==== behind ";
  private static final int SECONDS_MAX = 120;

  private final List<Page> pages;

  Programme(List<Page> pages) {
    this.pages = List.copyOf(pages);
  }

  /// What is given to the compiler.
  String source() {
    var source = new StringBuilder();
    var imports = new TreeSet<String>();
    pages.forEach(page -> imports.addAll(page.imports()));
    imports.forEach(line -> source.append(line).append('\n'));
    source.append("void main() throws Exception {\n");
    for (var i = 0; i < pages.size(); i++) {
      source.append("Page%d.run();\n".formatted(i));
    }
    source.append("}\n");
    var declared = new LinkedHashMap<String, Page.Declaration>();
    for (var i = 0; i < pages.size(); i++) {
      pages.get(i).declarations().forEach(one -> declared.put(one.name(), one));
      source.append("static final class Page%d {\n".formatted(i));
      declared
          .values()
          .forEach(one -> source.append("// %s\n%s\n".formatted(one.place(), one.text())));
      source.append("static void run() throws Exception {\n");
      for (var step : pages.get(i).steps()) {
        source.append("// %s\n%s\n".formatted(step.place(), step.text()));
        source.append("IO.println(\"%s%s\");\n".formatted(MARK, step.place()));
      }
      source.append("}\n}\n");
    }
    return source.toString();
  }

  /// Compiles and runs it, and compares what each block prints with what the page shows.
  ///
  /// @param directory an empty one, in which it runs
  /// @param address of a server, which takes the place of the one that the pages name
  /// @throws AssertionError if it does not compile or run, or prints something else
  void check(Path directory, String address) {
    var printed = run(directory, source().replace("127.0.0.1:2113", address));
    var all = new SoftAssertions();
    for (var page : pages) {
      for (var step : page.steps()) {
        var mark = MARK + step.place() + "\n";
        var end = printed.indexOf(mark);
        assertThat(end).as("%s is run", step.place()).isNotNegative();
        var actual = printed.substring(0, end);
        printed = printed.substring(end + mark.length());
        if (!step.shown().shows(actual)) {
          all.assertThat(actual).as("printed by %s", step.place()).isEqualTo(step.shown().text());
        }
      }
    }
    all.assertThat(printed).isEmpty();
    all.assertAll();
  }

  private static String run(Path directory, String source) {
    try {
      Files.writeString(directory.resolve(FILE), source);
      var output = Files.createTempFile("tutorial", ".out");
      var errors = Files.createTempFile("tutorial", ".err");
      var command =
          new ProcessBuilder(command())
              .directory(directory.toFile())
              .redirectOutput(output.toFile())
              .redirectError(errors.toFile());
      try {
        assertThat(end(command.start()))
            .as(() -> "%s%n%s".formatted(numbered(source), text(errors)))
            .isZero();
        return text(output);
      } finally {
        Files.delete(output);
        Files.delete(errors);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<String> command() {
    return List.of(
        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
        "-XX:TieredStopAtLevel=1",
        "-XX:+UseSerialGC",
        "-Dstdout.encoding=UTF-8",
        "--enable-native-access=ALL-UNNAMED",
        "--sun-misc-unsafe-memory-access=allow",
        "-cp",
        System.getProperty("java.class.path"),
        FILE);
  }

  private static int end(Process process) {
    try {
      return process.waitFor(SECONDS_MAX, TimeUnit.SECONDS) ? process.exitValue() : -1;
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      return -1;
    } finally {
      process.destroyForcibly();
    }
  }

  private static String text(Path file) {
    try {
      return Files.readString(file, UTF_8);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String numbered(String source) {
    var lines = new ArrayList<String>();
    source.lines().forEach(line -> lines.add("%4d %s".formatted(lines.size() + 1, line)));
    return String.join("\n", lines);
  }
}
