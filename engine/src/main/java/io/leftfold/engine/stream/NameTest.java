// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.stream;

import java.util.List;

/// What a filter asks of the name of a stream or of a type.
interface NameTest {

  /// Whether the filter wants the name.
  boolean wants(String name);

  /// How many steps finding out may take.
  long steps(String name);

  /// What all names that are wanted begin with, one of these; empty if that is not known.
  List<String> prefixes();

  /// Names that begin with one of several texts.
  static NameTest beginning(List<String> prefixes) {
    return new NameTest() {
      @Override
      public boolean wants(String name) {
        for (var prefix : prefixes) {
          if (name.startsWith(prefix)) {
            return true;
          }
        }
        return false;
      }

      @Override
      public long steps(String name) {
        return prefixes.size();
      }

      @Override
      public List<String> prefixes() {
        return prefixes;
      }
    };
  }

  /// Names in which a regular expression is found.
  ///
  /// @throws IllegalArgumentException if it cannot be used
  static NameTest finding(String regex) {
    var expression = Expression.compile(regex);
    var prefix = expression.literalPrefix();
    return new NameTest() {
      @Override
      public boolean wants(String name) {
        return expression.isFoundIn(name);
      }

      @Override
      public long steps(String name) {
        return expression.steps(name);
      }

      @Override
      public List<String> prefixes() {
        return prefix.isEmpty() ? List.of() : List.of(prefix);
      }
    };
  }
}
