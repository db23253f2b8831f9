// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

/// Which page of a stream, or of all.
///
/// @param from the revision or position that it begins at; [#HEAD] for the newest
/// @param isForward whether it goes from there to newer events
/// @param count how many events it has at most
record Place(long from, boolean isForward, int count) {

  static final long HEAD = -1;
  static final int COUNT_IF_NOT_SAID = 20;

  static final Place FIRST = new Place(HEAD, false, COUNT_IF_NOT_SAID);

  boolean isHead() {
    return from == HEAD;
  }
}
