// SPDX-License-Identifier: Apache-2.0

package io.leftfold.api;

/// What a virtual stream lists: events of other streams, in the order of positions. It is answered
/// by the index, never written and never behind.
///
/// Its events are links (`$>`) to what it lists, but for [StreamsOfCategory]. It lists what was
/// recorded, hidden or not, so that its own revisions never change: 0, 1, 2, …, but for
/// [Correlation].
public sealed interface VirtualStream {

  /// `$ce-<category>`: the events of the streams of a category.
  ///
  /// @param category the category
  record Category(String category) implements VirtualStream {}

  /// `$et-<type>`: the events of a type; of links there is none.
  ///
  /// @param type the type
  record Type(String type) implements VirtualStream {}

  /// `$streams`: the first event of each stream that is no system stream.
  record Streams() implements VirtualStream {}

  /// `$category-<category>`: the streams of a category, in the order of their first events. Its
  /// events are no links but references, of the type `$@`, whose data is the name of a stream.
  ///
  /// @param category the category
  record StreamsOfCategory(String category) implements VirtualStream {}

  /// `$bc-<id>`: the events whose metadata is a JSON object that has the id as `$correlationId`,
  /// the key written as it stands here; links excepted. The number of an event in it is that of its
  /// position, so there are gaps between them.
  ///
  /// @param id the id
  record Correlation(String id) implements VirtualStream {}
}
