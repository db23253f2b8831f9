// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.indexes;

import com.google.protobuf.InvalidProtocolBufferException;
import io.leftfold.projections.SelectedValue;
import io.leftfold.protocol.messages.indexpages.IndexPage;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/// The entries of an index between two positions. It grows while it is the tail; once it is written
/// nothing in it changes.
final class Page {

  private final long from;
  private long through;
  private long sequence;
  private final Positions positions = new Positions(0);
  private final List<Column> columns;
  private int chars;

  private Page(long from, long sequence, List<Column> columns) {
    this.from = from;
    this.through = from;
    this.sequence = sequence;
    this.columns = columns;
  }

  /// A page that begins at a position.
  ///
  /// @param from the first position to look at
  /// @param sequence how many events were shown to the filter before
  static Page from(long from, long sequence, IndexDefinition definition) {
    var columns = Stream.generate(Column::new).limit(definition.fields().size()).toList();
    return new Page(from, sequence, columns);
  }

  /// The first position that belongs to it.
  long from() {
    return from;
  }

  /// Behind the last position that belongs to it.
  long through() {
    return through;
  }

  long sequence() {
    return sequence;
  }

  int entries() {
    return positions.size();
  }

  boolean isFull(IndexLimits limits) {
    return positions.size() >= limits.pageEntries()
        || chars >= limits.pageChars()
        || through - from >= limits.pagePositions();
  }

  // ---- growing

  void add(long position, List<Optional<SelectedValue>> values) {
    positions.add(position);
    for (var i = 0; i < columns.size(); i++) {
      chars += columns.get(i).add(values.get(i));
    }
  }

  /// Everything below a position was looked at.
  ///
  /// @param shown how many events were shown to the filter, since the index began
  void advance(long position, long shown) {
    through = Math.max(through, position);
    sequence = shown;
  }

  // ---- asking

  /// The entries that are wanted, from one position to before another, in the order of positions.
  Positions matching(IndexQuery query, long begin, long end) {
    var numbers = new int[query.conditions().size()];
    for (var i = 0; i < numbers.length; i++) {
      var condition = query.conditions().get(i);
      numbers[i] = columns.get(condition.field()).find(condition.value());
      if (numbers[i] == Column.NONE) {
        return new Positions(0);
      }
    }
    var first = positions.firstFrom(begin);
    var last = positions.firstFrom(end);
    var found = new Positions(numbers.length == 0 ? last - first : 0);
    for (var entry = first; entry < last; entry++) {
      if (isWanted(query, numbers, entry)) {
        found.add(positions.get(entry));
      }
    }
    return found;
  }

  private boolean isWanted(IndexQuery query, int[] numbers, int entry) {
    for (var i = 0; i < numbers.length; i++) {
      if (!columns.get(query.conditions().get(i).field()).has(entry, numbers[i])) {
        return false;
      }
    }
    return true;
  }

  // ---- keeping

  byte[] encode() {
    var encoded = IndexPage.newBuilder().setFrom(from).setThrough(through).setSequence(sequence);
    var before = from;
    for (var i = 0; i < positions.size(); i++) {
      encoded.addDistances(positions.get(i) - before);
      before = positions.get(i);
    }
    columns.forEach(column -> encoded.addColumns(column.encode()));
    return encoded.build().toByteArray();
  }

  /// Reads what was encoded.
  ///
  /// @throws InvalidProtocolBufferException if it was not
  static Page decode(byte[] bytes, IndexDefinition definition)
      throws InvalidProtocolBufferException {
    var encoded = IndexPage.parseFrom(bytes);
    var fields = definition.fields();
    if (encoded.getColumnsCount() != fields.size()) {
      throw new InvalidProtocolBufferException(
          "it has %d fields of %d".formatted(encoded.getColumnsCount(), fields.size()));
    }
    var columns =
        java.util.stream.IntStream.range(0, fields.size())
            .mapToObj(i -> Column.decode(encoded.getColumns(i), fields.get(i).type()))
            .toList();
    var page = new Page(encoded.getFrom(), encoded.getSequence(), columns);
    page.through = encoded.getThrough();
    var at = page.from;
    for (var i = 0; i < encoded.getDistancesCount(); i++) {
      at += encoded.getDistances(i);
      page.positions.add(at);
    }
    return page;
  }
}
