// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

/// What a node serves over plain HTTP besides health, metrics and projections: streams as feeds of
/// Atom, competing consumers, users, figures and gossip, as EventStoreDB does.
///
/// @param isServed whether streams are, and competing consumers
/// @param isCached whether caches may keep what is served
/// @param hasStatistics whether `/stats` and `/metrics` are there
/// @param hasGossip whether `/gossip` is there
public record ServerAtom(
    boolean isServed, boolean isCached, boolean hasStatistics, boolean hasGossip) {

  private static final ServerAtom DEFAULTS = new ServerAtom(true, true, true, true);

  /// All of it.
  ///
  /// @return the defaults
  public static ServerAtom defaults() {
    return DEFAULTS;
  }
}
