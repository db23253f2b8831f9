// SPDX-License-Identifier: Apache-2.0

package io.leftfold.readmodels.kept;

import java.util.NavigableMap;
import java.util.Optional;

/// Texts by their keys, as the last transaction left them.
public interface Texts {

  /// What is there.
  ///
  /// @param key of a text
  /// @return the text
  Optional<String> get(Key key);

  /// Everything between two keys.
  ///
  /// @param from the first, of some kind
  /// @param to the last, of the same kind
  /// @return texts by their keys; not to be changed
  NavigableMap<Key, String> between(Key from, Key to);

  /// Those of a map.
  ///
  /// @param map which may change between transactions
  /// @return what is in it
  static Texts of(NavigableMap<Key, String> map) {
    return new Texts() {
      @Override
      public Optional<String> get(Key key) {
        return Optional.ofNullable(map.get(key));
      }

      @Override
      public NavigableMap<Key, String> between(Key from, Key to) {
        return map.subMap(from, true, to, true);
      }
    };
  }
}
