// SPDX-License-Identifier: Apache-2.0

package io.leftfold.benchmarks.measure;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/// A figure beside its limit.
///
/// @param name what was measured
/// @param figure how much Leftfold did, in `unit`
/// @param unit of all figures of the row
/// @param limit how much the machine allows for the same bytes, in the same rounds
/// @param limitMeans what the limit is
/// @param ratio of figure to limit; of limit to figure where less is better, so that 1 is the limit
/// @param asked what is asked
/// @param peers what others did, by name
/// @param remarks what else was seen
public record Row(
    String name,
    double figure,
    String unit,
    double limit,
    String limitMeans,
    double ratio,
    Asked asked,
    Map<String, Double> peers,
    List<String> remarks) {

  /// Takes copies.
  public Row {
    peers = java.util.Collections.unmodifiableMap(new LinkedHashMap<>(peers));
    remarks = List.copyOf(remarks);
  }

  /// A row of two contestants, without peers and remarks.
  ///
  /// @param name what was measured
  /// @param unit of their results
  /// @param rounds in which the contestants `leftfold` and `limit` worked
  /// @param limitMeans what the limit is
  /// @param asked what is asked at least
  /// @return the row
  public static Row of(String name, String unit, Rounds rounds, String limitMeans, Asked asked) {
    return new Row(
        name,
        rounds.median("leftfold"),
        unit,
        rounds.median("limit"),
        limitMeans,
        rounds.ratio("leftfold", "limit"),
        asked,
        Map.of(),
        List.of());
  }

  /// This with one more peer.
  ///
  /// @param peer who
  /// @param figure what it did
  /// @return the new row
  public Row withPeer(String peer, double figure) {
    var more = new LinkedHashMap<>(peers);
    more.put(peer, figure);
    return new Row(name, figure(), unit, limit, limitMeans, ratio, asked, more, remarks);
  }

  /// This with one more remark.
  ///
  /// @param remark a sentence or less
  /// @return the new row
  public Row withRemark(String remark) {
    var more = new ArrayList<>(remarks);
    more.add(remark);
    return new Row(name, figure, unit, limit, limitMeans, ratio, asked, peers, more);
  }

  /// Whether what is asked was reached.
  public boolean isReached() {
    return switch (asked) {
      case Asked.Share(var share) -> ratio >= share;
      case Asked.Figure(var least) -> figure >= least;
      case Asked.AtMost(var most) -> figure <= most;
      case Asked.Nothing() -> true;
    };
  }
}
