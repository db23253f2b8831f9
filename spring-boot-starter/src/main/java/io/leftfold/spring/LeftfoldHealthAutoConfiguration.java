// SPDX-License-Identifier: Apache-2.0

package io.leftfold.spring;

import io.leftfold.api.EventStore;
import io.leftfold.toolkit.topology.RunningTopology;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.boot.health.autoconfigure.contributor.ConditionalOnEnabledHealthIndicator;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;

/// How it is with the store and the topology, as `leftfold` at Actuator's health.
@AutoConfiguration(after = LeftfoldAutoConfiguration.class)
@ConditionalOnClass(ConditionalOnEnabledHealthIndicator.class)
@EnableConfigurationProperties(LeftfoldProperties.class)
public class LeftfoldHealthAutoConfiguration {

  /// The indicator.
  ///
  /// @param store asked for its last position
  /// @param running asked for its parts, if there is a topology
  /// @param properties say what parked parts mean
  /// @return the indicator
  @Bean
  @ConditionalOnMissingBean(name = "leftfoldHealthIndicator")
  @ConditionalOnEnabledHealthIndicator("leftfold")
  HealthIndicator leftfoldHealthIndicator(
      EventStore store, ObjectProvider<RunningTopology> running, LeftfoldProperties properties) {
    return new LeftfoldHealth(store, running.stream().toList(), properties.health().downIfParked());
  }
}
