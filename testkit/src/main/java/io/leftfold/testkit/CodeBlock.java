// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import java.util.List;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// A fenced block of a Markdown page: what a reader copies, or is told to see. Tests take it from
/// the page, so that pages say what is true.
///
/// @param language what stands behind the opening fence; empty where nothing does, as for output
/// @param text the lines between the fences, each with its line end
/// @param line the number of the first of them in the page, from 1
public record CodeBlock(String language, String text, int line) {

  /// In what is shown, this stands for whatever is there.
  public static final String ANYTHING = "…";

  private static final Pattern FENCED = Pattern.compile("(?ms)^```(\\w*)\n(.*?)^```$");

  /// All blocks of a page.
  ///
  /// @param page Markdown, with fences of three backticks that begin a line
  /// @return the blocks in their order
  /// @throws IllegalArgumentException if there is a fence that is none of a block's, so that none
  ///   is overlooked
  public static List<CodeBlock> in(String page) {
    var blocks = FENCED.matcher(page).results().map(found -> block(page, found)).toList();
    var fences = page.lines().filter(line -> line.strip().startsWith("```")).count();
    if (fences != 2L * blocks.size()) {
      throw new IllegalArgumentException(
          "A block has two fences, each at the beginning of its line, and at most one word behind the first; there are %d fences, and %d blocks"
              .formatted(fences, blocks.size()));
    }
    return blocks;
  }

  private static CodeBlock block(String page, MatchResult found) {
    var before = page.substring(0, found.start(2));
    return new CodeBlock(found.group(1), found.group(2), (int) before.lines().count() + 1);
  }

  /// Whether a text is what the block shows. [#ANYTHING] in it stands for anything within a line.
  ///
  /// @param actual the text
  /// @return whether it is
  public boolean shows(String actual) {
    var parts = text.split(Pattern.quote(ANYTHING), -1);
    var pattern = String.join(".*", List.of(parts).stream().map(Pattern::quote).toList());
    return Pattern.matches(pattern, actual);
  }
}
