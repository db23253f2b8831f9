// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.config;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/// The options of a server: the one place where each is defined.
///
/// From the name of `TLS_CERTIFICATE` follow the flag `--tls-certificate`, the variable
/// `LEFTFOLD_TLS_CERTIFICATE` and the key `tls-certificate` in a file; from that of its counterpart
/// in KurrentDB, `CertificateFile`, the variables `KURRENTDB_CERTIFICATE_FILE` and
/// `EVENTSTORE_CERTIFICATE_FILE` and the key `CertificateFile`.
@SuppressWarnings("ImmutableEnumChecker") // Lists by List.of, and records of them.
public enum ServerOption {
  /// Where the options are written down.
  CONFIG(
      new Kind.Text("<file>", false),
      "",
      "A file with options, in YAML. Default: ./leftfold.yaml, if it is there.",
      same("Config")),

  /// Where the store is.
  DATA(
      new Kind.Text("<directory>", false),
      "leftfold-data",
      "Where the store is; made if it is not there.",
      same("Db")),

  /// A store that is gone with the process.
  MEMORY(
      new Kind.Flag(),
      "false",
      "Keep the store in memory: it is gone when the server ends.",
      same("MemDb")),

  /// Where to listen.
  HOST(
      new Kind.Text("<address>", false),
      "127.0.0.1",
      "The address to listen at: 127.0.0.1 is reached by this machine alone, 0.0.0.0 by others.",
      same("NodeIp", "ExtIp")),

  /// Where to listen.
  PORT(
      new Kind.Whole("<port>", 0, 65_535),
      "2113",
      "The port to listen at; 0 takes any that is free.",
      same("NodePort", "HttpPort", "ExtHttpPort")),

  /// What clients are told.
  ADVERTISE_HOST(
      new Kind.Text("<host>", false),
      "",
      "The name by which clients reach this machine, if it is not the host above.",
      same(
          "AdvertiseHostToClientAs",
          "NodeHostAdvertiseAs",
          "ExtHostAdvertiseAs",
          "ExtIpAdvertiseAs")),

  /// What clients are told.
  ADVERTISE_PORT(
      new Kind.Whole("<port>", 0, 65_535),
      "0",
      "The port by which clients reach this machine; 0 is the port above.",
      same(
          "AdvertiseNodePortToClientAs",
          "NodePortAdvertiseAs",
          "AdvertiseHttpPortToClientAs",
          "HttpPortAdvertiseAs",
          "ExtHttpPortAdvertiseAs")),

  /// Neither encryption nor users.
  INSECURE(
      new Kind.Flag(),
      "false",
      "Neither encryption nor users: whoever reaches the port may do everything. For trying things.",
      same("Insecure")),

  /// Users without encryption.
  DISABLE_TLS(
      new Kind.Flag(),
      "false",
      "Users, but no encryption: passwords travel as they are.",
      same("DisableTls")),

  /// A certificate that others write.
  TLS_CERTIFICATE(
      new Kind.Text("<file>", false),
      "",
      "The certificate to show, and behind it those of authorities, in PEM; read again when it changes. Default: one that the server makes.",
      same("CertificateFile")),

  /// Its key.
  TLS_KEY(
      new Kind.Text("<file>", false),
      "",
      "The private key of the certificate, in PEM. Default: the file of the certificate.",
      same("CertificatePrivateKeyFile")),

  /// A password.
  TLS_KEY_PASSWORD(
      new Kind.Text("<password>", true),
      "",
      "The password of the private key, if it is encrypted (PKCS #8).",
      same("CertificatePrivateKeyPassword")),

  /// Names in the certificate that is made.
  TLS_NAMES(
      new Kind.Text("<name,…>", false),
      "",
      "Further names and addresses for the certificate that the server makes, separated by commas.",
      same()),

  /// A password.
  DEFAULT_ADMIN_PASSWORD(
      new Kind.Text("<password>", true),
      "",
      "The password of the user admin in a new store.",
      same("DefaultAdminPassword")),

  /// A password.
  DEFAULT_OPS_PASSWORD(
      new Kind.Text("<password>", true),
      "",
      "The password of the user ops in a new store.",
      same("DefaultOpsPassword")),

  /// What strangers may ask.
  ALLOW_ANONYMOUS_ENDPOINT_ACCESS(
      new Kind.Flag(),
      "false",
      "Let whoever names no user ask the server about itself.",
      same("AllowAnonymousEndpointAccess")),

  /// What strangers may read.
  ALLOW_ANONYMOUS_STREAM_ACCESS(
      new Kind.Flag(),
      "false",
      "Let whoever names no user use the streams that are open to everybody.",
      same("AllowAnonymousStreamAccess")),

  /// Signs of life.
  KEEP_ALIVE_INTERVAL(
      new Kind.Whole("<ms>", 100, 86_400_000),
      "10000",
      "How long a connection may be silent until it is asked for a sign of life, in milliseconds.",
      same("KeepAliveInterval")),

  /// Signs of life that do not come.
  KEEP_ALIVE_TIMEOUT(
      new Kind.Whole("<ms>", 100, 86_400_000),
      "10000",
      "How long that sign of life may take, in milliseconds; without one the connection is closed.",
      same("KeepAliveTimeout")),

  /// The old protocol.
  TCP(
      new Kind.Flag(),
      "false",
      "Speak the old TCP protocol of EventStore too; with TLS unless there is none.",
      same("EnableExternalTcp")),

  /// Where it is spoken.
  TCP_PORT(
      new Kind.Whole("<port>", 0, 65_535),
      "1113",
      "The port for the old TCP protocol; 0 takes any that is free.",
      same("NodeTcpPort", "ExtTcpPort")),

  /// Its signs of life.
  TCP_HEARTBEAT_INTERVAL(
      new Kind.Whole("<ms>", 100, 86_400_000),
      "2000",
      "How long a connection of the old TCP protocol may be silent until it is asked for a sign of life, in milliseconds.",
      same("NodeHeartbeatInterval", "ExtTcpHeartbeatInterval")),

  /// Its signs of life that do not come.
  TCP_HEARTBEAT_TIMEOUT(
      new Kind.Whole("<ms>", 100, 86_400_000),
      "1000",
      "How long that sign of life may take, in milliseconds; without one the connection is closed.",
      same("NodeHeartbeatTimeout", "ExtTcpHeartbeatTimeout")),

  /// Connections that do not begin.
  OPENING_TIMEOUT(
      new Kind.Whole("<ms>", 100, 86_400_000),
      "30000",
      "How long a connection may take to say what it wants, in milliseconds.",
      List.of()),

  /// Writes that do not end.
  WRITE_TIMEOUT(
      new Kind.Whole("<ms>", 100, 86_400_000),
      "10000",
      "How long clients of KurrentDB wait for a write at most, in milliseconds; it may be recorded later.",
      same("WriteTimeoutMs")),

  /// The largest append.
  MAX_APPEND_SIZE(
      new Kind.Whole("<bytes>", 1, 1L << 30),
      "67108864",
      "The largest append, all its events together, in bytes.",
      same("MaxAppendSize")),

  /// The largest event.
  MAX_APPEND_EVENT_SIZE(
      new Kind.Whole("<bytes>", 1, 1L << 30),
      "16777216",
      "The largest event, in bytes.",
      same("MaxAppendEventSize")),

  /// How many may come.
  MAX_CONNECTIONS(
      new Kind.Whole("<n>", 0, 1_000_000),
      "0",
      "How many connections may be open; those beyond are closed. 0 is what the heap can bear.",
      same()),

  /// How many may ask.
  MAX_CALLS(
      new Kind.Whole("<n>", 0, 10_000_000),
      "0",
      "How many gRPC calls may be open, subscriptions among them; those beyond are refused. 0 is what the heap can bear.",
      same()),

  /// How many one may ask.
  MAX_CONNECTION_CALLS(
      new Kind.Whole("<n>", 0, 1_000_000),
      "0",
      "How many gRPC calls one connection may have open; clients wait with the next. 0 is 4096, or fewer in a small heap.",
      same()),

  /// Requests in memory.
  MAX_REQUEST_MEMORY(
      new Kind.Whole("<bytes>", 0, 1L << 40),
      "0",
      "What requests may take that have not come whole or are not answered yet; calls beyond are refused. 0 is a quarter of the heap.",
      same()),

  /// Requests in memory.
  MAX_CONNECTION_REQUEST_MEMORY(
      new Kind.Whole("<bytes>", 0, 1L << 40),
      "0",
      "The same, of one connection. 0 is a quarter of that, and room for the largest append.",
      same()),

  /// Answers in memory.
  MAX_ANSWER_MEMORY(
      new Kind.Whole("<bytes>", 0, 1L << 40),
      "0",
      "What answers may take that clients have not taken yet; beyond, the server waits for them. 0 is an eighth of the heap.",
      same()),

  /// Answers in memory.
  MAX_CONNECTION_ANSWER_MEMORY(
      new Kind.Whole("<bytes>", 0, 1L << 40),
      "0",
      "The same, of one connection. 0 is a sixteenth of that.",
      same()),

  /// When an append is acknowledged.
  DURABILITY(
      new Kind.OneOf(List.of("fsync", "os")),
      "fsync",
      "What an acknowledged append has survived: fsync a power failure, os the end of this process.",
      List.of(new Counterpart("UnsafeDisableFlushToDisk", Map.of("true", "os", "false", "fsync")))),

  /// When the index is made in the background.
  INDEX_AT_OPENING(
      new Kind.Whole("<events>", 0, Long.MAX_VALUE),
      "1000000",
      "If the index lacks more events than this, serve at once and make it in the background; until it is made, only reads of everything are answered.",
      same()),

  /// Backups for clients.
  BACKUPS(
      new Kind.Text("<directory>", false),
      "",
      "Where to keep backups that clients ask for (leftfold backup --connect …). Without it they may not.",
      same()),

  /// How a stop goes.
  PATIENCE(
      new Kind.Whole("<seconds>", 0, 3600),
      "10",
      "When it is stopped, how long to wait for calls that are under way, in seconds.",
      same()),

  /// Where UmaDB's events go.
  DCB_STREAM(
      new Kind.Text("<stream>", false),
      "dcb",
      "The stream for events of UmaDB clients (umadb.v1.DCB), which know no streams.",
      same()),

  /// Whether scripts run.
  PROJECTIONS(
      new Kind.OneOf(List.of("all", "system", "none")),
      "all",
      "Which projections run: all, those whose names begin with $, or none. What $by_category and the like give is there in any case.",
      same("RunProjections")),

  /// How many scripts run.
  PROJECTION_WORKERS(
      new Kind.Whole("<n>", 0, 1_000),
      "0",
      "How many projections fold at the same time. 0 is half of the processors.",
      same("ProjectionThreads")),

  /// How many partitions of one projection are folded at the same time.
  PROJECTION_LANES(
      new Kind.Whole("<n>", 0, 64),
      "0",
      "How many partitions of one projection are folded at the same time while it catches up. 0 is one for each processor, 4 at most; 1 for one after the other.",
      same()),

  /// How long a query is kept.
  PROJECTION_QUERY_EXPIRY(
      new Kind.Whole("<minutes>", 0, 525_600),
      "5",
      "After how long without a question a transient query is forgotten, in minutes.",
      same("ProjectionsQueryExpiry")),

  /// What a script may take.
  PROJECTION_COMPILATION_TIMEOUT(
      new Kind.Whole("<ms>", 1, 3_600_000),
      "500",
      "How long the text of a script may take to run once, in milliseconds.",
      same("ProjectionCompilationTimeout")),

  /// What a script may take.
  PROJECTION_EXECUTION_TIMEOUT(
      new Kind.Whole("<ms>", 1, 3_600_000),
      "250",
      "How long a script may take for one event, in milliseconds, unless the projection says otherwise.",
      same("ProjectionExecutionTimeout")),

  /// What a script may keep.
  MAX_PROJECTION_STATE_SIZE(
      new Kind.Whole("<chars>", 1, 1 << 26),
      "16777216",
      "How long the JSON of a projection's state or result may be.",
      same("MaxProjectionStateSize")),

  /// Streams over plain HTTP.
  ATOM(
      new Kind.Flag(),
      "true",
      "Serve streams as feeds of Atom over HTTP, and competing consumers of them.",
      same("EnableAtomPubOverHttp")),

  /// Caches in between.
  HTTP_CACHING(
      new Kind.Flag(),
      "true",
      "Let caches keep pages of feeds that will not change.",
      List.of(new Counterpart("DisableHttpCaching", Map.of("true", "false", "false", "true")))),

  /// Figures over plain HTTP.
  HTTP_STATISTICS(
      new Kind.Flag(),
      "true",
      "Answer /stats and /metrics.",
      List.of(new Counterpart("DisableStatsOnHttp", Map.of("true", "false", "false", "true")))),

  /// Gossip over plain HTTP.
  HTTP_GOSSIP(
      new Kind.Flag(),
      "true",
      "Answer /gossip.",
      List.of(new Counterpart("DisableGossipOnHttp", Map.of("true", "false", "false", "true")))),

  /// What messages look like.
  LOG_FORMAT(
      new Kind.OneOf(List.of("text", "json")),
      "text",
      "How messages are written to the error stream: a line of text each, or a line of JSON.",
      List.of(new Counterpart("LogConsoleFormat", Map.of("plain", "text")))),

  /// How much is said.
  LOG_LEVEL(
      new Kind.OneOf(List.of("error", "warn", "info", "debug", "trace")),
      "info",
      "How much of what Leftfold itself says is shown.",
      List.of(
          new Counterpart(
              "LogLevel",
              Map.of(
                  "default", "info",
                  "verbose", "trace",
                  "information", "info",
                  "warning", "warn",
                  "fatal", "error")))),

  /// Who may read metrics.
  METRICS_OPEN(
      new Kind.Flag(),
      "false",
      "Let everybody read /metrics. Without it, whoever may see statistics of the server.",
      same()),

  /// When a write is slow.
  SLOW_WRITE(
      new Kind.Whole("<ms>", 0, 86_400_000),
      "1000",
      "Log a write that takes so many milliseconds, with what it waited for.",
      same()),

  /// When a read is slow.
  SLOW_READ(
      new Kind.Whole("<ms>", 0, 86_400_000),
      "2000",
      "Log a read that takes so many milliseconds, besides waiting for its caller.",
      same()),

  /// Where traces and metrics go.
  OTLP(
      new Kind.Text("<address>", false),
      "",
      "Send traces and metrics to this receiver of OTLP over HTTP (http://127.0.0.1:4318). Default: nowhere.",
      same()),

  /// What the receiver wants besides.
  OTLP_HEADERS(
      new Kind.Text("<name=value,…>", true),
      "",
      "Headers for each request to the receiver, separated by commas.",
      same()),

  /// How many traces.
  OTLP_TRACES(
      new Kind.Whole("<percent>", 0, 100),
      "100",
      "How many of the traces that begin at this server are kept, in percent; where a caller has decided, its decision holds.",
      same());

  /// An option of KurrentDB that means the same.
  ///
  /// @param name as it is written in its files
  /// @param meanings what its values are here; empty if they are the same
  public record Counterpart(String name, Map<String, String> meanings) {

    String meaning(String value) {
      return meanings.getOrDefault(value.toLowerCase(Locale.ROOT), value);
    }
  }

  private final Kind kind;
  private final String defaultValue;
  private final String description;
  private final List<Counterpart> counterparts;

  ServerOption(Kind kind, String defaultValue, String description, List<Counterpart> counterparts) {
    this.kind = kind;
    this.defaultValue = defaultValue;
    this.description = description;
    this.counterparts = counterparts;
  }

  private static List<Counterpart> same(String... names) {
    return Arrays.stream(names).map(name -> new Counterpart(name, Map.of())).toList();
  }

  /// Its name, which is its key in a file.
  ///
  /// @return in small letters with hyphens
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Its flag.
  ///
  /// @return with two hyphens
  public String flag() {
    return "--" + key();
  }

  /// Its variable in the environment.
  ///
  /// @return in capital letters
  public String variable() {
    return "LEFTFOLD_" + name();
  }

  /// What its value may be.
  ///
  /// @return the kind
  public Kind kind() {
    return kind;
  }

  /// What holds when nobody says anything.
  ///
  /// @return the value, empty for none
  public String defaultValue() {
    return defaultValue;
  }

  /// What it does.
  ///
  /// @return a sentence or two
  public String description() {
    return description;
  }

  /// What means the same in KurrentDB.
  ///
  /// @return its options, the first is preferred
  public List<Counterpart> counterparts() {
    return counterparts;
  }
}
