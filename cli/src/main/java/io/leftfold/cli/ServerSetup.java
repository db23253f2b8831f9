// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static io.leftfold.cli.config.ServerOption.ADVERTISE_HOST;
import static io.leftfold.cli.config.ServerOption.ADVERTISE_PORT;
import static io.leftfold.cli.config.ServerOption.ALLOW_ANONYMOUS_ENDPOINT_ACCESS;
import static io.leftfold.cli.config.ServerOption.ALLOW_ANONYMOUS_STREAM_ACCESS;
import static io.leftfold.cli.config.ServerOption.ATOM;
import static io.leftfold.cli.config.ServerOption.BACKUPS;
import static io.leftfold.cli.config.ServerOption.DATA;
import static io.leftfold.cli.config.ServerOption.DCB_STREAM;
import static io.leftfold.cli.config.ServerOption.DEFAULT_ADMIN_PASSWORD;
import static io.leftfold.cli.config.ServerOption.DEFAULT_OPS_PASSWORD;
import static io.leftfold.cli.config.ServerOption.DISABLE_TLS;
import static io.leftfold.cli.config.ServerOption.DURABILITY;
import static io.leftfold.cli.config.ServerOption.HOST;
import static io.leftfold.cli.config.ServerOption.HTTP_CACHING;
import static io.leftfold.cli.config.ServerOption.HTTP_GOSSIP;
import static io.leftfold.cli.config.ServerOption.HTTP_STATISTICS;
import static io.leftfold.cli.config.ServerOption.INDEX_AT_OPENING;
import static io.leftfold.cli.config.ServerOption.INSECURE;
import static io.leftfold.cli.config.ServerOption.KEEP_ALIVE_INTERVAL;
import static io.leftfold.cli.config.ServerOption.KEEP_ALIVE_TIMEOUT;
import static io.leftfold.cli.config.ServerOption.MAX_ANSWER_MEMORY;
import static io.leftfold.cli.config.ServerOption.MAX_APPEND_EVENT_SIZE;
import static io.leftfold.cli.config.ServerOption.MAX_APPEND_SIZE;
import static io.leftfold.cli.config.ServerOption.MAX_CALLS;
import static io.leftfold.cli.config.ServerOption.MAX_CONNECTIONS;
import static io.leftfold.cli.config.ServerOption.MAX_CONNECTION_ANSWER_MEMORY;
import static io.leftfold.cli.config.ServerOption.MAX_CONNECTION_CALLS;
import static io.leftfold.cli.config.ServerOption.MAX_CONNECTION_REQUEST_MEMORY;
import static io.leftfold.cli.config.ServerOption.MAX_PROJECTION_STATE_SIZE;
import static io.leftfold.cli.config.ServerOption.MAX_REQUEST_MEMORY;
import static io.leftfold.cli.config.ServerOption.MEMORY;
import static io.leftfold.cli.config.ServerOption.OPENING_TIMEOUT;
import static io.leftfold.cli.config.ServerOption.PATIENCE;
import static io.leftfold.cli.config.ServerOption.PORT;
import static io.leftfold.cli.config.ServerOption.PROJECTIONS;
import static io.leftfold.cli.config.ServerOption.PROJECTION_COMPILATION_TIMEOUT;
import static io.leftfold.cli.config.ServerOption.PROJECTION_EXECUTION_TIMEOUT;
import static io.leftfold.cli.config.ServerOption.PROJECTION_LANES;
import static io.leftfold.cli.config.ServerOption.PROJECTION_QUERY_EXPIRY;
import static io.leftfold.cli.config.ServerOption.PROJECTION_WORKERS;
import static io.leftfold.cli.config.ServerOption.TCP;
import static io.leftfold.cli.config.ServerOption.TCP_HEARTBEAT_INTERVAL;
import static io.leftfold.cli.config.ServerOption.TCP_HEARTBEAT_TIMEOUT;
import static io.leftfold.cli.config.ServerOption.TCP_PORT;
import static io.leftfold.cli.config.ServerOption.TLS_CERTIFICATE;
import static io.leftfold.cli.config.ServerOption.TLS_KEY;
import static io.leftfold.cli.config.ServerOption.TLS_KEY_PASSWORD;
import static io.leftfold.cli.config.ServerOption.TLS_NAMES;
import static io.leftfold.cli.config.ServerOption.WRITE_TIMEOUT;

import io.leftfold.api.StreamName;
import io.leftfold.cli.config.Configuration;
import io.leftfold.cli.config.Kind;
import io.leftfold.cli.config.Setting;
import io.leftfold.engine.Durability;
import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.Authentication;
import io.leftfold.server.Security;
import io.leftfold.server.Security.Certificates;
import io.leftfold.server.ServerAtom;
import io.leftfold.server.ServerLimits;
import io.leftfold.server.ServerOptions;
import io.leftfold.server.ServerProjections;
import io.leftfold.server.ShownOption;
import io.leftfold.server.TcpOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;

/// What a configuration means to the store and to the server.
///
/// @param configuration what was said
/// @param directory what relative paths are relative to
/// @param temporary where the certificate of an authority in memory is written, if there is one
record ServerSetup(Configuration configuration, Path directory, Optional<Path> temporary)
    implements AutoCloseable {

  /// Makes a temporary file if one is needed.
  static ServerSetup of(Configuration configuration, Path directory) throws IOException {
    var needed =
        configuration.isSet(MEMORY)
            && isEncrypted(configuration)
            && configuration.text(TLS_CERTIFICATE).isEmpty();
    return new ServerSetup(
        configuration, directory, needed ? Optional.of(temporaryFile()) : Optional.empty());
  }

  private static Path temporaryFile() throws IOException {
    var file = Files.createTempFile("leftfold-ca-", ".crt");
    // Of a process that ends without closing, for its owner would not wait.
    file.toFile().deleteOnExit();
    return file;
  }

  private static boolean isEncrypted(Configuration configuration) {
    return !configuration.isSet(INSECURE) && !configuration.isSet(DISABLE_TLS);
  }

  boolean inMemory() {
    return configuration.isSet(MEMORY);
  }

  Durability durability() {
    return Durability.valueOf(configuration.setting(DURABILITY).value().toUpperCase(Locale.ROOT));
  }

  Path data() {
    return path(configuration.setting(DATA).value());
  }

  private Path path(String name) {
    return directory.resolve(name);
  }

  LocalEventStore open() throws IOException {
    var options =
        EngineOptions.defaults()
            .withDurability(durability())
            .withSizes(
                configuration.number(MAX_APPEND_EVENT_SIZE), configuration.number(MAX_APPEND_SIZE))
            .withIndexedAtOpeningMax(configuration.number(INDEX_AT_OPENING));
    if (inMemory()) {
      return LocalEventStore.inMemory(options);
    }
    Files.createDirectories(data().toAbsolutePath());
    return LocalEventStore.open(data(), options);
  }

  /// How long a stop waits for calls that are under way.
  Duration patience() {
    return Duration.ofSeconds(configuration.number(PATIENCE));
  }

  ServerOptions serverOptions() {
    var options =
        ServerOptions.insecure()
            .withAddress(
                configuration.setting(HOST).value(), Math.toIntExact(configuration.number(PORT)))
            .withSecurity(security())
            .withAdvertisedPort(Math.toIntExact(configuration.number(ADVERTISE_PORT)))
            .withOpeningTimeout(Duration.ofMillis(configuration.number(OPENING_TIMEOUT)))
            .withKeepAlive(
                Duration.ofMillis(configuration.number(KEEP_ALIVE_INTERVAL)),
                Duration.ofMillis(configuration.number(KEEP_ALIVE_TIMEOUT)))
            .withWriteTimeout(Duration.ofMillis(configuration.number(WRITE_TIMEOUT)))
            .withDcbStream(StreamName.of(configuration.setting(DCB_STREAM).value()))
            .withLimits(limits())
            .withProjections(projections())
            .withAtom(atom())
            .withShown(configuration.settings().stream().map(ServerSetup::shown).toList())
            .withTelemetry(TelemetrySetup.telemetry(configuration));
    var advertised = configuration.text(ADVERTISE_HOST);
    if (advertised.isPresent()) {
      options = options.withAdvertisedHost(advertised.get());
    }
    if (configuration.isSet(TCP)) {
      options = options.withTcp(tcp());
    }
    var backups = configuration.text(BACKUPS);
    return backups.isPresent() ? options.withBackups(path(backups.get())) : options;
  }

  private static ShownOption shown(Setting setting) {
    var option = setting.option();
    var type =
        switch (option.kind()) {
          case Kind.Flag() -> "boolean";
          case Kind.Whole(_, _, _) -> "integer";
          case Kind.Text(_, _), Kind.OneOf(_) -> "string";
        };
    return new ShownOption(
        option.key(), option.description(), type, setting.shown(), setting.origin().toString());
  }

  private TcpOptions tcp() {
    return new TcpOptions(
        Math.toIntExact(configuration.number(TCP_PORT)),
        Duration.ofMillis(configuration.number(TCP_HEARTBEAT_INTERVAL)),
        Duration.ofMillis(configuration.number(TCP_HEARTBEAT_TIMEOUT)));
  }

  private ServerLimits limits() {
    return new ServerLimits(
        Math.toIntExact(configuration.number(MAX_CONNECTIONS)),
        Math.toIntExact(configuration.number(MAX_CALLS)),
        Math.toIntExact(configuration.number(MAX_CONNECTION_CALLS)),
        configuration.number(MAX_REQUEST_MEMORY),
        configuration.number(MAX_CONNECTION_REQUEST_MEMORY),
        configuration.number(MAX_ANSWER_MEMORY),
        configuration.number(MAX_CONNECTION_ANSWER_MEMORY));
  }

  private ServerAtom atom() {
    return new ServerAtom(
        configuration.isSet(ATOM),
        configuration.isSet(HTTP_CACHING),
        configuration.isSet(HTTP_STATISTICS),
        configuration.isSet(HTTP_GOSSIP));
  }

  private ServerProjections projections() {
    return new ServerProjections(
        ServerProjections.Running.valueOf(
            configuration.setting(PROJECTIONS).value().toUpperCase(Locale.ROOT)),
        Math.toIntExact(configuration.number(PROJECTION_WORKERS)),
        Math.toIntExact(configuration.number(PROJECTION_LANES)),
        Duration.ofMinutes(configuration.number(PROJECTION_QUERY_EXPIRY)),
        Duration.ofMillis(configuration.number(PROJECTION_COMPILATION_TIMEOUT)),
        Duration.ofMillis(configuration.number(PROJECTION_EXECUTION_TIMEOUT)),
        Math.toIntExact(configuration.number(MAX_PROJECTION_STATE_SIZE)));
  }

  private Security security() {
    if (configuration.isSet(INSECURE)) {
      return Security.insecure();
    }
    var authentication =
        new Authentication(
            configuration.text(DEFAULT_ADMIN_PASSWORD),
            configuration.text(DEFAULT_OPS_PASSWORD),
            configuration.isSet(ALLOW_ANONYMOUS_ENDPOINT_ACCESS),
            configuration.isSet(ALLOW_ANONYMOUS_STREAM_ACCESS),
            Authentication.PASSWORD_ROUNDS);
    return configuration.isSet(DISABLE_TLS)
        ? Security.plaintextWithUsers(authentication)
        : Security.tls(authentication, certificates());
  }

  private Certificates certificates() {
    var own = configuration.text(TLS_CERTIFICATE);
    var names = configuration.list(TLS_NAMES);
    if (own.isPresent()) {
      return new Certificates.OfFiles(
          path(own.get()),
          path(configuration.text(TLS_KEY).orElse(own.get())),
          configuration.text(TLS_KEY_PASSWORD));
    }
    return temporary
        .<Certificates>map(file -> new Certificates.MadeInMemory(file, names))
        .orElseGet(() -> new Certificates.Made(data().resolve("tls"), names));
  }

  @Override
  public void close() throws IOException {
    if (temporary.isPresent()) {
      Files.deleteIfExists(temporary.get());
    }
  }
}
