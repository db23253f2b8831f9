// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import io.leftfold.api.StreamName;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/// How a node is reached, and by whom: `ServerOptions.insecure().withAddress("127.0.0.1", 0)`.
///
/// @param host the name or address of this machine to listen on
/// @param port the port; 0 for any that is free
/// @param security whom it believes, and whether others can listen in
/// @param advertisedHost the name or address that clients are told to reach this node by; empty for
///   the one it listens on
/// @param advertisedPort the port that clients are told to reach this node by; 0 for the one it
///   listens on
/// @param openingTimeout how long a connection may take to say what it wants
/// @param keepAlive how long a connection may be silent until it is asked for a sign of life
/// @param keepAliveTimeout how long that sign may take; the connection is closed then
/// @param writeTimeout how long a client of KurrentDB waits for a write to be recorded until it is
///   told that this takes too long; 10 s, which is how long these clients wait themselves
/// @param backups the directory in which backups are kept that clients ask for; empty if they may
///   not
/// @param dcbStream where events are recorded that come over `umadb.v1.DCB`, which knows no streams
/// @param limits how much it holds on behalf of its callers
/// @param projections how it runs projections
/// @param telemetry what it tells about itself
/// @param tcp how the old TCP protocol is served; empty if it is not
/// @param atom how it serves streams over plain HTTP
/// @param shown what operators are told of how it was configured, by whoever did that
public record ServerOptions(
    String host,
    int port,
    Security security,
    String advertisedHost,
    int advertisedPort,
    Duration openingTimeout,
    Duration keepAlive,
    Duration keepAliveTimeout,
    Duration writeTimeout,
    Optional<Path> backups,
    StreamName dcbStream,
    ServerLimits limits,
    ServerProjections projections,
    Telemetry telemetry,
    Optional<TcpOptions> tcp,
    ServerAtom atom,
    List<ShownOption> shown) {

  private static final ServerOptions INSECURE =
      new ServerOptions(
          "127.0.0.1",
          2113,
          Security.insecure(),
          "",
          0,
          Duration.ofSeconds(30),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Duration.ofSeconds(10),
          Optional.empty(),
          StreamName.of("dcb"),
          ServerLimits.defaults(),
          ServerProjections.defaults(),
          Telemetry.defaults(),
          Optional.empty(),
          ServerAtom.defaults(),
          List.of());

  /// Checks the stream, and copies the list.
  ///
  /// @throws IllegalArgumentException if the name of the stream begins with `$`: what is recorded
  ///   there could not be seen by those who recorded it; or if writes have no time
  public ServerOptions {
    shown = List.copyOf(shown);
    if (!writeTimeout.isPositive()) {
      throw new IllegalArgumentException("Writes take some time, got " + writeTimeout);
    }
    if (dcbStream.isSystem()) {
      throw new IllegalArgumentException(
          "Events of umadb.v1.DCB go to a stream whose name does not begin with $, got "
              + dcbStream);
    }
  }

  /// Loopback, port 2113, neither encryption nor users, no backups for clients, stream `dcb`.
  ///
  /// @return the options
  public static ServerOptions insecure() {
    return INSECURE;
  }

  /// With encryption and users, or some of that.
  ///
  /// @param security whom to believe
  /// @return the new options
  public ServerOptions withSecurity(Security security) {
    var draft = new Draft(this);
    draft.security = security;
    return draft.options();
  }

  /// With another address to listen on.
  ///
  /// @param host a name or address of this machine
  /// @param port 0 for any that is free
  /// @return the new options
  public ServerOptions withAddress(String host, int port) {
    var draft = new Draft(this);
    draft.host = host;
    draft.port = port;
    return draft.options();
  }

  /// With a name by which clients reach this node.
  ///
  /// @param advertisedHost a name or address
  /// @return the new options
  public ServerOptions withAdvertisedHost(String advertisedHost) {
    var draft = new Draft(this);
    draft.advertisedHost = advertisedHost;
    return draft.options();
  }

  /// With a port by which clients reach this node.
  ///
  /// @param advertisedPort 0 for the one it listens on
  /// @return the new options
  public ServerOptions withAdvertisedPort(int advertisedPort) {
    var draft = new Draft(this);
    draft.advertisedPort = advertisedPort;
    return draft.options();
  }

  /// With other patience for connections that begin.
  ///
  /// @param openingTimeout until one has said what it wants
  /// @return the new options
  public ServerOptions withOpeningTimeout(Duration openingTimeout) {
    var draft = new Draft(this);
    draft.openingTimeout = openingTimeout;
    return draft.options();
  }

  /// With other patience for silent connections.
  ///
  /// @param keepAlive until one is asked for a sign of life
  /// @param keepAliveTimeout until it is closed without one
  /// @return the new options
  public ServerOptions withKeepAlive(Duration keepAlive, Duration keepAliveTimeout) {
    var draft = new Draft(this);
    draft.keepAlive = keepAlive;
    draft.keepAliveTimeout = keepAliveTimeout;
    return draft.options();
  }

  /// With other patience for writes.
  ///
  /// @param writeTimeout until a client of KurrentDB is told that one takes too long
  /// @return the new options
  public ServerOptions withWriteTimeout(Duration writeTimeout) {
    var draft = new Draft(this);
    draft.writeTimeout = writeTimeout;
    return draft.options();
  }

  /// With a directory for backups that clients ask for.
  ///
  /// @param directory each backup is a directory in it
  /// @return the new options
  public ServerOptions withBackups(Path directory) {
    var draft = new Draft(this);
    draft.backups = Optional.of(directory);
    return draft.options();
  }

  /// With another stream for the events of `umadb.v1.DCB`.
  ///
  /// @param stream any but a system stream
  /// @return the new options
  public ServerOptions withDcbStream(StreamName stream) {
    var draft = new Draft(this);
    draft.dcbStream = stream;
    return draft.options();
  }

  /// With other limits.
  ///
  /// @param limits how much it holds on behalf of its callers
  /// @return the new options
  public ServerOptions withLimits(ServerLimits limits) {
    var draft = new Draft(this);
    draft.limits = limits;
    return draft.options();
  }

  /// With projections run otherwise, or not at all.
  ///
  /// @param projections how they run
  /// @return the new options
  public ServerOptions withProjections(ServerProjections projections) {
    var draft = new Draft(this);
    draft.projections = projections;
    return draft.options();
  }

  /// With other things told.
  ///
  /// @param telemetry what the node tells about itself
  /// @return the new options
  public ServerOptions withTelemetry(Telemetry telemetry) {
    var draft = new Draft(this);
    draft.telemetry = telemetry;
    return draft.options();
  }

  /// With the old TCP protocol, which is not served otherwise.
  ///
  /// @param tcp where, and how
  /// @return the new options
  public ServerOptions withTcp(TcpOptions tcp) {
    var draft = new Draft(this);
    draft.tcp = Optional.of(tcp);
    return draft.options();
  }

  /// With streams served otherwise over plain HTTP, or not at all.
  ///
  /// @param atom how
  /// @return the new options
  public ServerOptions withAtom(ServerAtom atom) {
    var draft = new Draft(this);
    draft.atom = atom;
    return draft.options();
  }

  /// With something to tell operators of how the server was configured (`/info/options`).
  ///
  /// @param shown the options, without passwords
  /// @return the new options
  public ServerOptions withShown(List<ShownOption> shown) {
    var draft = new Draft(this);
    draft.shown = shown;
    return draft.options();
  }

  /// Whether it listens at every address of this machine.
  boolean listensEverywhere() {
    return host.equals("0.0.0.0") || host.equals("::");
  }

  /// Options of which one is about to be another.
  private static final class Draft {
    String host;
    int port;
    Security security;
    String advertisedHost;
    int advertisedPort;
    Duration openingTimeout;
    Duration keepAlive;
    Duration keepAliveTimeout;
    Duration writeTimeout;
    Optional<Path> backups;
    StreamName dcbStream;
    ServerLimits limits;
    ServerProjections projections;
    Telemetry telemetry;
    Optional<TcpOptions> tcp;
    ServerAtom atom;
    List<ShownOption> shown;

    Draft(ServerOptions options) {
      this.host = options.host;
      this.port = options.port;
      this.security = options.security;
      this.advertisedHost = options.advertisedHost;
      this.advertisedPort = options.advertisedPort;
      this.openingTimeout = options.openingTimeout;
      this.keepAlive = options.keepAlive;
      this.keepAliveTimeout = options.keepAliveTimeout;
      this.writeTimeout = options.writeTimeout;
      this.backups = options.backups;
      this.dcbStream = options.dcbStream;
      this.limits = options.limits;
      this.projections = options.projections;
      this.telemetry = options.telemetry;
      this.tcp = options.tcp;
      this.atom = options.atom;
      this.shown = options.shown;
    }

    ServerOptions options() {
      return new ServerOptions(
          host,
          port,
          security,
          advertisedHost,
          advertisedPort,
          openingTimeout,
          keepAlive,
          keepAliveTimeout,
          writeTimeout,
          backups,
          dcbStream,
          limits,
          projections,
          telemetry,
          tcp,
          atom,
          shown);
    }
  }
}
