// SPDX-License-Identifier: Apache-2.0

package io.leftfold.spring;

import io.leftfold.observing.ToolkitMeters;
import io.leftfold.toolkit.WorkObserver;
import io.leftfold.toolkit.topology.RunningTopology;
import io.leftfold.toolkit.topology.Topology;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnClass;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.context.annotation.Bean;

/// Meters of the topology, and of the work of those whose options are given the observer, where
/// there is a registry.
@AutoConfiguration(
    after = LeftfoldAutoConfiguration.class,
    afterName =
        "org.springframework.boot.micrometer.metrics.autoconfigure.CompositeMeterRegistryAutoConfiguration")
@ConditionalOnClass(MeterRegistry.class)
@ConditionalOnBean(MeterRegistry.class)
public class LeftfoldMetricsAutoConfiguration {

  /// Meters of the parts of the topology; Spring Boot binds them.
  ///
  /// @param running the topology
  /// @param clock of the application, if it has one
  /// @return binds them
  @Bean
  @ConditionalOnBean(Topology.class)
  @ConditionalOnMissingBean(name = "leftfoldTopologyMeters")
  MeterBinder leftfoldTopologyMeters(RunningTopology running, ObjectProvider<Clock> clock) {
    return ToolkitMeters.ofTopology(running, clock.getIfUnique(Clock::systemUTC));
  }

  /// For the options of command handlers and processes.
  ///
  /// @param registry where meters are kept
  /// @return times commands
  @Bean
  @ConditionalOnMissingBean(WorkObserver.class)
  WorkObserver leftfoldWorkMeters(MeterRegistry registry) {
    return ToolkitMeters.ofWork(registry);
  }
}
