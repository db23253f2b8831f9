// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.projections;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/// The files of a case: a folder with `given.ndjson` and `expected.json`. Its script is the
/// `projection.js` there, or in the nearest folder above, so that cases may stand side by side
/// below their script.
///
/// @param name the folder, as seen from where the search began
/// @param script where the script is
/// @param given where the events are
/// @param expected where the expectation is, or is to be
public record CaseFolder(String name, Path script, Path given, Path expected) {

  private static final String SCRIPT = "projection.js";
  private static final String GIVEN = "given.ndjson";
  private static final String EXPECTED = "expected.json";

  /// Looks for cases.
  ///
  /// @param top the folder in which they are, at any depth; it may be one itself
  /// @return in the order of their names
  /// @throws IOException if a folder cannot be read
  /// @throws MalformedCaseException if a case has no script
  public static List<CaseFolder> below(Path top) throws IOException {
    List<Path> given;
    try (var files = Files.walk(top)) {
      given = files.filter(file -> file.endsWith(GIVEN)).sorted().toList();
    }
    var cases = new ArrayList<CaseFolder>();
    for (var file : given) {
      var folder = file.resolveSibling("");
      var name = top.relativize(file).getParent();
      cases.add(
          new CaseFolder(
              name == null ? top.toString() : top.resolve(name).toString(),
              script(top, file),
              file,
              folder.resolve(EXPECTED)));
    }
    return cases;
  }

  private static Path script(Path top, Path given) {
    for (var folder = given.getParent(); folder != null; folder = folder.getParent()) {
      var script = folder.resolve(SCRIPT);
      if (Files.isRegularFile(script)) {
        return script;
      }
      if (folder.equals(top)) {
        break;
      }
    }
    throw new MalformedCaseException(
        "The events of %s have no script: there is no %s beside them, nor in a folder above up to %s"
            .formatted(given, SCRIPT, top));
  }
}
