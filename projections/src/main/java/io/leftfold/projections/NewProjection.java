// SPDX-License-Identifier: Apache-2.0

package io.leftfold.projections;

import java.util.List;

/// A projection to be created: `NewProjection.continuous("sums", script)`.
///
/// @param name its name, not empty
/// @param query the script
/// @param mode how long it runs
/// @param enabled whether it starts at once
/// @param checkpoints whether a one-time projection goes on where it was, after a restart
/// @param config how it goes about its work
/// @param owner who makes it
/// @param roles the owner's roles
/// @param properties what the caller wants to have kept with it: a JSON object, or empty
/// @param engineVersion for which of KurrentDB's engines it was made: 1 or 2. It is kept, and makes
///   no difference, for there is one engine, which can do what either can
public record NewProjection(
    String name,
    String query,
    ProjectionMode mode,
    boolean enabled,
    boolean checkpoints,
    ProjectionConfig config,
    String owner,
    List<String> roles,
    String properties,
    int engineVersion) {

  private static final int ENGINE_VERSION_MAX = 2;

  /// Copies the roles.
  ///
  /// @throws IllegalArgumentException if there is no such engine
  public NewProjection {
    if (engineVersion < 1 || engineVersion > ENGINE_VERSION_MAX) {
      throw new IllegalArgumentException(
          "The engine version of a projection is 1 or 2, got " + engineVersion);
    }
    roles = List.copyOf(roles);
  }

  /// One that runs for ever, and starts at once.
  ///
  /// @param name its name
  /// @param query the script
  /// @return the projection
  public static NewProjection continuous(String name, String query) {
    return of(name, query, ProjectionMode.CONTINUOUS);
  }

  /// One that runs to the end of the log.
  ///
  /// @param name its name
  /// @param query the script
  /// @return the projection
  public static NewProjection oneTime(String name, String query) {
    return of(name, query, ProjectionMode.ONE_TIME);
  }

  /// One that runs to the end of the log, is not stored, and forgotten when nobody asks.
  ///
  /// @param name its name
  /// @param query the script
  /// @return the projection
  public static NewProjection transientQuery(String name, String query) {
    return of(name, query, ProjectionMode.TRANSIENT);
  }

  private static NewProjection of(String name, String query, ProjectionMode mode) {
    return new NewProjection(
        name, query, mode, true, true, ProjectionConfig.DEFAULT, "$system", List.of(), "", 1);
  }

  /// With another configuration.
  ///
  /// @param other how it goes about its work
  /// @return the new value
  public NewProjection with(ProjectionConfig other) {
    return new NewProjection(
        name, query, mode, enabled, checkpoints, other, owner, roles, properties, engineVersion);
  }

  /// Allowed to write; not for what keeps no checkpoints.
  ///
  /// @return the new value
  public NewProjection emitting() {
    return with(config.withEmitEnabled(true));
  }

  /// Not started at once.
  ///
  /// @return the new value
  public NewProjection disabled() {
    return new NewProjection(
        name, query, mode, false, checkpoints, config, owner, roles, properties, engineVersion);
  }

  /// Made by somebody.
  ///
  /// @param user who
  /// @param userRoles their roles
  /// @return the new value
  public NewProjection ownedBy(String user, List<String> userRoles) {
    return new NewProjection(
        name,
        query,
        mode,
        enabled,
        checkpoints,
        config,
        user,
        userRoles,
        properties,
        engineVersion);
  }

  /// With something to be kept.
  ///
  /// @param json a JSON object, or empty
  /// @return the new value
  public NewProjection withProperties(String json) {
    return new NewProjection(
        name, query, mode, enabled, checkpoints, config, owner, roles, json, engineVersion);
  }

  /// Made for one of KurrentDB's engines.
  ///
  /// @param version 1 or 2
  /// @return the new value
  public NewProjection withEngineVersion(int version) {
    return new NewProjection(
        name, query, mode, enabled, checkpoints, config, owner, roles, properties, version);
  }

  /// Without checkpoints, which only a one-time projection that emits nothing can do without.
  ///
  /// @return the new value
  public NewProjection withoutCheckpoints() {
    return new NewProjection(
        name, query, mode, enabled, false, config, owner, roles, properties, engineVersion);
  }
}
