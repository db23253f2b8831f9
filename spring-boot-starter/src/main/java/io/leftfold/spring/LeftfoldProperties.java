// SPDX-License-Identifier: Apache-2.0

package io.leftfold.spring;

import org.springframework.boot.context.properties.ConfigurationProperties;
import org.springframework.boot.context.properties.bind.DefaultValue;

/// What a configuration says: `leftfold.store`, `leftfold.topology.mode`,
/// `leftfold.topology.holder`, `leftfold.health.down-if-parked`. For editors it is described in
/// `META-INF/spring-configuration-metadata.json`, too.
///
/// @param store where events are: `memory`, a directory, or the connection string of a server;
///   empty if nobody says
/// @param topology how a topology is run
/// @param health what Actuator is told
@ConfigurationProperties("leftfold")
public record LeftfoldProperties(
    @DefaultValue("") String store,
    @DefaultValue TopologyProperties topology,
    @DefaultValue HealthProperties health) {

  /// How a topology is run.
  ///
  /// @param mode as [io.leftfold.toolkit.topology.Mode#named] knows it
  /// @param holder what this process is called, for `shared`; another one in each
  public record TopologyProperties(
      @DefaultValue("background") String mode, @DefaultValue("") String holder) {}

  /// What Actuator is told.
  ///
  /// @param downIfParked whether the application is down while a partition of a projection or an
  ///   instance of a process is parked
  public record HealthProperties(@DefaultValue("false") boolean downIfParked) {}
}
