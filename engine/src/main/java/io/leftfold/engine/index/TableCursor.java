// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

import static java.util.Objects.requireNonNull;

import org.jspecify.annotations.Nullable;

/// Along a memory table in the order of keys. Sorts the keys of one kind when it gets there.
final class TableCursor implements KeyCursor {

  private final MemoryTable table;
  private final int kindsEnd;
  private final String prefix;
  private final String from;

  private int kind;
  private String[] texts = {};
  private int next;
  private byte[] key = {};
  private @Nullable MemoryPostings postings;
  private long ordinal;

  /// Along all keys.
  TableCursor(MemoryTable table) {
    this(table, 0, KeyKind.values().length, "", "");
  }

  /// Along the keys of one kind that begin with a prefix, from one on.
  TableCursor(MemoryTable table, KeyKind kind, String prefix, String from) {
    this(table, kind.code(), kind.code() + 1, prefix, from);
  }

  private TableCursor(MemoryTable table, int kind, int kindsEnd, String prefix, String from) {
    this.table = table;
    this.kind = kind - 1;
    this.kindsEnd = kindsEnd;
    this.prefix = prefix;
    this.from = from;
  }

  @Override
  public boolean next() {
    while (next == texts.length) {
      if (++kind == kindsEnd) {
        kind--;
        return false;
      }
      texts =
          table.keys(KeyKind.of(kind)).keySet().stream()
              .filter(text -> text.startsWith(prefix) && text.compareTo(from) >= 0)
              .sorted()
              .toArray(String[]::new);
      next = 0;
    }
    var text = texts[next++];
    key = IndexKey.encode(KeyKind.of(kind), text);
    postings = requireNonNull(table.keys(KeyKind.of(kind)).get(text));
    return true;
  }

  private MemoryPostings postings() {
    return requireNonNull(postings);
  }

  @Override
  public byte[] key() {
    return key;
  }

  @Override
  public int keyLength() {
    return key.length;
  }

  @Override
  public long count() {
    return postings().count();
  }

  @Override
  public long firstRevision() {
    return postings().firstRevision();
  }

  @Override
  public boolean isConsecutive() {
    return postings().isConsecutive();
  }

  @Override
  public void rewind() {
    ordinal = 0;
  }

  @Override
  public long nextPlace() {
    return postings().at(ordinal++);
  }
}
