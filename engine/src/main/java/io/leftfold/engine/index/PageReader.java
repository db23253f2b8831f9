// SPDX-License-Identifier: Apache-2.0

package io.leftfold.engine.index;

/// Reads bytes one after the other, page by page. Owned by one thread.
final class PageReader {

  private final CheckedPages pages;
  private long at;
  private long checkedUntil;

  PageReader(CheckedPages pages) {
    this.pages = pages;
  }

  void moveTo(long offset) {
    at = offset;
    checkedUntil = offset; // the page is looked up when it is read
  }

  void skip(long bytes) {
    if (bytes < 0 || bytes > pages.end() - at) {
      throw pages.damaged(
          at, "at most %d bytes expected, found %d".formatted(pages.end() - at, bytes));
    }
    at += bytes;
    if (at > checkedUntil) {
      checkedUntil = at;
    }
  }

  long offset() {
    return at;
  }

  int next() {
    if (at >= checkedUntil) {
      pages.require(at, 1);
      checkedUntil = pages.endOfPage(at);
    }
    return pages.byteAt(at++) & 0xff;
  }

  /// A number of seven bits a byte, the lowest first; the eighth says that more follow.
  long varint() {
    var value = 0L;
    for (var shift = 0; shift < Long.SIZE; shift += 7) {
      var bits = next();
      value |= (bits & 0x7fL) << shift;
      if (bits < 0x80) {
        return value;
      }
    }
    throw pages.damaged(at, "a number of at most ten bytes expected, found a longer one");
  }
}
