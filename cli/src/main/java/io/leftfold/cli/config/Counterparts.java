// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.config;

import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// The options of KurrentDB: those that mean something here, those that can be passed over, and
/// those that cannot, for whoever sets them relies on what this server does not do.
final class Counterparts {

  /// Passed over: about parts that this server has not, or that need no tuning. The last lines are
  /// those of EventStoreDB since version 4, where KurrentDB has them no more.
  private static final String HARMLESS =
      """
      Help Version WhatIf AllowUnknownOptions StatsPeriodSec WorkerThreads
      EnableHistograms LogHttpRequests LogFailedAuthenticationAttempts SkipIndexScanOnReads
      TelemetryOptout Dev RemoveDevCerts DevCertPath
      Log LogFileSize LogFileInterval LogFileRetentionCount DisableLogFile LogConfig
      TrustedRootCertificatesPath CertificateReservedNodeCommonName
      DisableClientAuthEkuValidation TrustedRootCertificateStoreName
      TrustedRootCertificateStoreLocation TrustedRootCertificateSubjectName
      TrustedRootCertificateThumbprint StreamInfoCacheCapacity NodePriority DiscoverViaDns ClusterDns
      ClusterGossipPort ClusterSecret GossipIntervalMs GossipAllowedDifferenceMs GossipTimeoutMs
      DeadMemberRemovalPeriodSec LeaderElectionTimeoutMs QuorumSize MinFlushDelayMs
      DisableScavengeMerging ScavengeHistoryMaxAge CachedChunks ChunksCacheSize MaxMemTableSize
      HashCollisionReadLimit Index UseIndexBloomFilters IndexCacheSize SkipDbVerify WriteThrough
      Unbuffered ChunkInitialReaderCount PrepareTimeoutMs CommitTimeoutMs
      SkipIndexVerify IndexCacheDepth ReduceFileCachePressure InitializationThreads
      ReaderThreadsCount MaxAutoMergeIndexLevel WriteStatsToDb MaxTruncation DbLogFormat
      StreamExistenceFilterSize ScavengeBackendPageSize ScavengeBackendCacheSize
      ScavengeHashUsersCacheCapacity CompressionLevel ReplicationIp
      ReplicationPort ReplicationHostAdvertiseAs ReplicationTcpPortAdvertiseAs
      ReplicationHeartbeatTimeout ReplicationHeartbeatInterval EnableUnixSocket
      ConnectionPendingSendBytesThreshold ConnectionQueueSizeThreshold DisableAdminUi
      StartStandardProjections
      FaultOutOfOrderProjections MaxPartitionStateCacheSize
      IntIp IntTcpPort NodeTcpPortAdvertiseAs TcpReadTimeoutMs DisableExternalTcp DisableInternalTcpTls
      DisableExternalTcpTls IntHostAdvertiseAs IntTcpPortAdvertiseAs ExtTcpPortAdvertiseAs
      AdvertiseTcpPortToClientAs IntTcpHeartbeatTimeout IntTcpHeartbeatInterval
      GossipOnSingleNode
      Licensing SecondaryIndexing Connectors AutoScavenge Archive Kontext Metrics
      DisableFirstLevelHttpAuthorization AlwaysKeepScavenged OptimizeIndexMerge CommitCount
      PrepareCount StructuredLog AddInterfacePrefixes IntHttpPrefixes ExtHttpPrefixes IntHttpPort
      IntHttpPortAdvertiseAs IntIpAdvertiseAs IntSecureTcpPort IntSecureTcpPortAdvertiseAs
      ExtSecureTcpPort ExtSecureTcpPortAdvertiseAs MonoMinThreadpoolSize Defines Force AdminOnExt
      StatsOnExt GossipOnExt BetterOrdering UseInternalSsl DisableInsecureTCP SslTargetHost
      SslValidateServer
      """;

  private static final String ONE_NODE = "this server is a single node";
  private static final String OTHER_CERTIFICATE =
      "certificates come from PEM files here: CertificateFile and CertificatePrivateKeyFile";
  private static final String OTHER_USERS =
      "this server knows its own users alone, and nobody else would be let in, or kept out";

  /// Not passed over, unless they have a value that changes nothing.
  private static final List<Dangerous> DANGEROUS =
      List.of(
          new Dangerous("ClusterSize", "1", ONE_NODE),
          new Dangerous("GossipSeed", "", ONE_NODE),
          new Dangerous("ReadOnlyReplica", "false", ONE_NODE),
          new Dangerous("Archiver", "false", ONE_NODE),
          new Dangerous("UnsafeAllowSurplusNodes", "false", ONE_NODE),
          new Dangerous(
              "OpenTelemetry",
              "",
              "telemetry would go nowhere; say otlp, a receiver of OTLP over HTTP, in its place"),
          new Dangerous(
              "OverrideAnonymousEndpointAccessForGossip",
              "true",
              "whoever reaches the port may ask for gossip here"),
          new Dangerous("AuthorizationType", "internal", OTHER_USERS),
          new Dangerous("AuthenticationType", "internal", OTHER_USERS),
          new Dangerous("AuthorizationConfig", "", OTHER_USERS),
          new Dangerous("AuthenticationConfig", "", OTHER_USERS),
          new Dangerous("Authorization", "acl", OTHER_USERS),
          new Dangerous("EnableTrustedAuth", "false", OTHER_USERS),
          new Dangerous("LdapsAuth", "", OTHER_USERS),
          new Dangerous("OAuth", "", OTHER_USERS),
          new Dangerous("UserCertificates", "", OTHER_USERS),
          new Dangerous("CertificatePassword", "", OTHER_CERTIFICATE),
          new Dangerous("CertificateStoreLocation", "", OTHER_CERTIFICATE),
          new Dangerous("CertificateStoreName", "", OTHER_CERTIFICATE),
          new Dangerous("CertificateSubjectName", "", OTHER_CERTIFICATE),
          new Dangerous("CertificateThumbprint", "", OTHER_CERTIFICATE),
          new Dangerous("UnsafeIgnoreHardDelete", "false", "tombstones are for ever here"),
          new Dangerous("Transform", "identity", "files are not encrypted here"),
          new Dangerous("EncryptionAtRest", "", "files are not encrypted here"));

  /// What KurrentDB calls something, and what that is here.
  sealed interface Known {}

  /// Means the same as an option here.
  record Same(ServerOption option, ServerOption.Counterpart counterpart) implements Known {}

  /// Can be passed over.
  record Harmless(String name) implements Known {}

  /// Cannot, unless it has one value.
  record Dangerous(String name, String harmlessValue, String reason) implements Known {}

  /// A section, as [#normal] has it.
  private static final String TCP_PLUGIN = "tcpplugin";

  private static final Map<String, Known> BY_NAME = byName();

  private Counterparts() {}

  private static Map<String, Known> byName() {
    var known = new HashMap<String, Known>();
    for (var name : HARMLESS.strip().split("\\s+", -1)) {
      known.put(normal(name), new Harmless(name));
    }
    DANGEROUS.forEach(option -> known.put(normal(option.name()), option));
    for (var option : ServerOption.values()) {
      option
          .counterparts()
          .forEach(
              counterpart -> known.put(normal(counterpart.name()), new Same(option, counterpart)));
    }
    return known;
  }

  /// In small letters without what stands between words: `NodePort`, `NODE_PORT` and `node-port`
  /// are one.
  private static String normal(String name) {
    return name.toLowerCase(Locale.ROOT).replaceAll("[_-]", "");
  }

  /// What a name means. Of a name with sections (`OAuth:Audience`, `OAUTH__AUDIENCE`), the section
  /// decides; only that of the TCP plugin has options that stood alone before.
  static Optional<Known> find(String name) {
    var parts =
        Arrays.stream(name.split(":|__", -1))
            .filter(part -> !part.isEmpty() && !normal(part).equals(TCP_PLUGIN))
            .toList();
    return parts.isEmpty()
        ? Optional.empty()
        : Optional.ofNullable(BY_NAME.get(normal(parts.getFirst())));
  }

  /// The names as files have them, of those options that mean something here.
  static List<String> keys() {
    return BY_NAME.values().stream()
        .filter(Same.class::isInstance)
        .map(Same.class::cast)
        .map(same -> same.counterpart().name())
        .sorted()
        .toList();
  }

  /// `NodePort` as the environment has it: `NODE_PORT`.
  static String variable(String key) {
    return key.replaceAll("(?<=[a-z0-9])(?=[A-Z])", "_").toUpperCase(Locale.ROOT);
  }
}
