// SPDX-License-Identifier: Apache-2.0

package io.leftfold.spring;

import io.leftfold.api.EventStore;
import io.leftfold.client.RemoteEventStore;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.toolkit.topology.Mode;
import io.leftfold.toolkit.topology.RunningTopology;
import io.leftfold.toolkit.topology.Topology;
import java.nio.file.Path;
import java.time.Clock;
import org.springframework.beans.factory.ObjectProvider;
import org.springframework.beans.factory.SmartInitializingSingleton;
import org.springframework.boot.autoconfigure.AutoConfiguration;
import org.springframework.boot.autoconfigure.condition.ConditionalOnBean;
import org.springframework.boot.autoconfigure.condition.ConditionalOnMissingBean;
import org.springframework.boot.context.properties.EnableConfigurationProperties;
import org.springframework.context.annotation.Bean;

/// A store, and a topology that runs on it.
///
/// A topology begins when all beans are there, before a web server takes requests. It ends when
/// beans are destroyed, which is after a web server took its last request, and before what the
/// topology rests on: its read models, and the store.
@AutoConfiguration
@EnableConfigurationProperties(LeftfoldProperties.class)
public class LeftfoldAutoConfiguration {

  private static final String IN_MEMORY = "memory";

  /// The store, unless the application has one.
  ///
  /// @param properties say where it is
  /// @return closed with the application
  /// @throws IllegalStateException if they do not
  @Bean(destroyMethod = "close")
  @ConditionalOnMissingBean
  public EventStore leftfoldStore(LeftfoldProperties properties) {
    var where = properties.store();
    if (where.isBlank()) {
      throw new IllegalStateException(
          "Nobody says where events are; set leftfold.store to \"memory\", a directory, or the connection string of a server, or define a bean of type EventStore");
    }
    if (where.equals(IN_MEMORY)) {
      return LocalEventStore.inMemory();
    }
    return where.contains("://")
        ? RemoteEventStore.connect(where)
        : LocalEventStore.open(Path.of(where));
  }

  /// The topology that the application declares as a bean.
  ///
  /// @param topology what is run
  /// @param store on which
  /// @param properties say how
  /// @param clock of the application, if it has one
  /// @return begins when all beans are there
  @Bean(destroyMethod = "close")
  @ConditionalOnBean(Topology.class)
  @ConditionalOnMissingBean
  public RunningTopology leftfoldTopology(
      Topology topology,
      EventStore store,
      LeftfoldProperties properties,
      ObjectProvider<Clock> clock) {
    return topology.prepare(
        store,
        Mode.named(properties.topology().mode(), properties.topology().holder()),
        clock.getIfUnique(Clock::systemUTC),
        Thread.ofVirtual().name("leftfold-", 0).factory());
  }

  /// Lets the topology begin.
  ///
  /// @param running the topology
  /// @return called when all beans are there
  @Bean
  @ConditionalOnBean(Topology.class)
  SmartInitializingSingleton leftfoldTopologyStart(RunningTopology running) {
    return running::start;
  }
}
