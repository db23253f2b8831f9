// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import io.leftfold.projections.EventSelector;
import io.leftfold.projections.SelectedValue;
import io.leftfold.protocol.messages.indexpages.IndexColumn;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Optional;

/// One field of the entries of a page: its values, and for each entry which of them.
final class Column {

  static final int NONE = 0;

  private final LinkedHashMap<SelectedValue, Integer> dictionary = new LinkedHashMap<>();
  private int[] values = new int[4];
  private int size;

  /// Adds an entry.
  ///
  /// @return how many characters it takes more
  int add(Optional<SelectedValue> value) {
    var known = dictionary.size();
    add(value.map(this::number).orElse(NONE));
    return dictionary.size() > known && value.orElseThrow() instanceof SelectedValue.Text(var text)
        ? text.length()
        : 0;
  }

  private int number(SelectedValue value) {
    return dictionary.computeIfAbsent(value, _ -> dictionary.size() + 1);
  }

  private void add(int value) {
    if (size == values.length) {
      values = Arrays.copyOf(values, 2 * size);
    }
    values[size++] = value;
  }

  /// The number of a value in this page; [#NONE] if no entry has it.
  int find(SelectedValue value) {
    return dictionary.getOrDefault(value, NONE);
  }

  boolean has(int entry, int number) {
    return values[entry] == number;
  }

  IndexColumn encode() {
    var encoded = IndexColumn.newBuilder();
    for (var value : dictionary.keySet()) {
      switch (value) {
        case SelectedValue.Text(var text) -> encoded.addTexts(text);
        case SelectedValue.Real(var real) -> encoded.addReals(real);
        case SelectedValue.Whole(var whole) -> encoded.addWholes(whole);
      }
    }
    for (var i = 0; i < size; i++) {
      encoded.addValues(values[i]);
    }
    return encoded.build();
  }

  static Column decode(IndexColumn encoded, EventSelector.Type type) {
    var column = new Column();
    var values =
        switch (type) {
          case STRING -> encoded.getTextsList().stream().map(SelectedValue.Text::new).toList();
          case DOUBLE -> encoded.getRealsList().stream().map(SelectedValue.Real::new).toList();
          case INT_32, INT_64 ->
              encoded.getWholesList().stream().map(SelectedValue.Whole::new).toList();
        };
    column.fill(values, encoded);
    return column;
  }

  private void fill(List<? extends SelectedValue> known, IndexColumn encoded) {
    for (var value : known) {
      dictionary.put(value, dictionary.size() + 1);
    }
    size = encoded.getValuesCount();
    values = new int[Math.max(4, size)];
    for (var i = 0; i < size; i++) {
      values[i] = encoded.getValues(i);
    }
  }
}
