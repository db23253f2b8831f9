// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.tutorial;

import io.leftfold.testkit.CodeBlock;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/// A page of the tutorial: what it imports and declares, what it does, and what it says comes of
/// that. A block of Java declares things, or it is statements, and then the block without a
/// language behind it, if there is one, is what they print.
///
/// @param name of its file
/// @param imports whole lines
/// @param declarations of types, constants and functions, in their order
/// @param steps blocks of statements, in their order
record Page(String name, List<String> imports, List<Declaration> declarations, List<Step> steps) {

  private static final Pattern DECLARES =
      Pattern.compile("(?m)^(?=(?:static|sealed|final|record|enum|interface|class) )");
  private static final Pattern NAME =
      Pattern.compile("(?:record|interface|class|enum) (\\w+)|(\\w+)(?: =|\\()");

  /// @param name one that is declared again takes the place of the one before
  record Declaration(String name, String place, String text) {}

  /// @param shown what it prints; empty if nothing
  record Step(String place, String text, CodeBlock shown) {}

  Page {
    imports = List.copyOf(imports);
    declarations = List.copyOf(declarations);
    steps = List.copyOf(steps);
  }

  static Page of(String name, String text) {
    var imports = new ArrayList<String>();
    var declarations = new ArrayList<Declaration>();
    var steps = new ArrayList<Step>();
    var blocks = CodeBlock.in(text);
    for (var i = 0; i < blocks.size(); i++) {
      var block = blocks.get(i);
      var place = "%s:%d".formatted(name, block.line());
      if (block.language().isEmpty()) {
        throw new IllegalArgumentException(
            "%s shows what is printed, but no statements stand before it".formatted(place));
      } else if (block.language().equals("java")) {
        block.text().lines().filter(line -> line.startsWith("import ")).forEach(imports::add);
        var code = block.text().replaceAll("(?m)^import .*\n", "").strip();
        if (DECLARES.matcher(code).lookingAt()) {
          DECLARES
              .splitAsStream(code)
              .map(declared -> new Declaration(nameOf(declared), place, declared))
              .forEach(declarations::add);
        } else if (!code.isEmpty()) {
          var isShown = i + 1 < blocks.size() && blocks.get(i + 1).language().isEmpty();
          var shown = isShown ? blocks.get(++i) : new CodeBlock("", "", block.line());
          steps.add(new Step(place, code, shown));
        }
      }
    }
    return new Page(name, imports, declarations, steps);
  }

  private static String nameOf(String declared) {
    var found = NAME.matcher(declared);
    if (!found.find()) {
      throw new IllegalArgumentException("Nobody knows what this declares: " + declared);
    }
    return found.group(1) == null ? found.group(2) : found.group(1);
  }
}
