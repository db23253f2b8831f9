// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.running;

import io.leftfold.engine.EngineOptions;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.Authentication;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.Security;
import io.leftfold.server.ServerLimits;
import io.leftfold.server.ServerOptions;
import io.leftfold.server.TcpOptions;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/// A server in this process, on loopback and any free port, in front of a store of its own.
public final class TestServer implements AutoCloseable {

  /// To try a password is cheap here: most tests are not about passwords.
  private static final Authentication USERS = Authentication.defaults().withPasswordRounds(1000);

  /// The old TCP protocol on any free port, and as patient as by default.
  public static final TcpOptions TCP = TcpOptions.defaults().withPort(0);

  /// The same, and patient with a peer that says nothing for as long as a test takes.
  public static final TcpOptions PATIENT_TCP =
      TCP.withHeartbeats(Duration.ofHours(1), Duration.ofHours(1));

  private final LocalEventStore store;
  private final ServerOptions options;
  private final LeftfoldServer server;

  private TestServer(LocalEventStore store, ServerOptions options) {
    this.store = store;
    this.options = options;
    this.server = LeftfoldServer.start(store, options);
  }

  /// Serves what is in a directory.
  public static TestServer on(Path directory) {
    return on(directory, 0);
  }

  /// Serves what is in a directory, on a port that a server had before.
  public static TestServer on(Path directory, int port) {
    return new TestServer(
        LocalEventStore.open(directory), ServerOptions.insecure().withAddress("127.0.0.1", port));
  }

  /// Serves what is in a directory, the old TCP protocol too.
  ///
  /// @param tcpPort 0 for any that is free
  public static TestServer withTcp(Path directory, int tcpPort) {
    return withTcp(LocalEventStore.open(directory), TcpOptions.defaults().withPort(tcpPort));
  }

  /// Serves a store that is open, the old TCP protocol too, and closes it in the end.
  public static TestServer withTcp(LocalEventStore store, TcpOptions tcp) {
    return new TestServer(store, ServerOptions.insecure().withAddress("127.0.0.1", 0).withTcp(tcp));
  }

  /// The same, and who writes waits for so long at most.
  public static TestServer withTcp(LocalEventStore store, Duration writeTimeout) {
    return new TestServer(
        store,
        ServerOptions.insecure()
            .withAddress("127.0.0.1", 0)
            .withTcp(PATIENT_TCP)
            .withWriteTimeout(writeTimeout));
  }

  /// Serves a store that is open to users, the old TCP protocol too, without encryption, and closes
  /// it in the end.
  public static TestServer withTcpAndUsers(LocalEventStore store) {
    return withTcpAndUsers(store, USERS);
  }

  /// The same, and strangers may use the streams that let everybody.
  public static TestServer withTcpAndStrangers(LocalEventStore store) {
    return withTcpAndUsers(
        store,
        new Authentication(
            USERS.adminPassword(),
            USERS.opsPassword(),
            USERS.anonymousEndpoints(),
            true,
            USERS.passwordRounds()));
  }

  private static TestServer withTcpAndUsers(LocalEventStore store, Authentication users) {
    return new TestServer(
        store,
        ServerOptions.insecure()
            .withAddress("127.0.0.1", 0)
            .withTcp(PATIENT_TCP)
            .withSecurity(Security.plaintextWithUsers(users)));
  }

  /// Serves what is in a directory with TLS, the old TCP protocol too.
  public static TestServer withTcpAndTls(Path directory) {
    var certificates = new Security.Certificates.Made(directory.resolve("tls"), List.of());
    return new TestServer(
        LocalEventStore.open(directory),
        encrypting(certificates).withTcp(TcpOptions.defaults().withPort(0)));
  }

  /// Where the old TCP protocol is spoken.
  public int tcpPort() {
    return server.tcpPort();
  }

  /// Serves a new store in memory.
  public static TestServer inMemory() {
    return inMemory(EngineOptions.defaults());
  }

  /// Serves a new store in memory.
  public static TestServer inMemory(EngineOptions options) {
    return new TestServer(
        LocalEventStore.inMemory(options), ServerOptions.insecure().withAddress("127.0.0.1", 0));
  }

  /// Serves a new store in memory, soon losing patience with silent connections.
  public static TestServer impatient(Duration openingTimeout, Duration keepAlive) {
    return new TestServer(
        LocalEventStore.inMemory(),
        ServerOptions.insecure()
            .withAddress("127.0.0.1", 0)
            .withOpeningTimeout(openingTimeout)
            .withKeepAlive(keepAlive, keepAlive.multipliedBy(2)));
  }

  /// Serves a new store in memory, and holds little on behalf of clients.
  public static TestServer inMemory(ServerLimits limits) {
    return new TestServer(
        LocalEventStore.inMemory(),
        ServerOptions.insecure().withAddress("127.0.0.1", 0).withLimits(limits));
  }

  /// Serves a store that is open, and closes it in the end.
  public static TestServer of(LocalEventStore store) {
    return new TestServer(store, ServerOptions.insecure().withAddress("127.0.0.1", 0));
  }

  /// Serves what is in a directory with TLS; its certificates are kept there as well.
  public static TestServer withTls(Path directory) {
    var certificates = new Security.Certificates.Made(directory.resolve("tls"), List.of());
    return withTls(directory, certificates);
  }

  /// Serves what is in a directory with TLS.
  public static TestServer withTls(Path directory, Security.Certificates certificates) {
    return new TestServer(LocalEventStore.open(directory), encrypting(certificates));
  }

  /// Serves a new store in memory with TLS, and asks silent connections for a sign of life.
  public static TestServer withTls(Security.Certificates certificates, Duration keepAlive) {
    return new TestServer(
        LocalEventStore.inMemory(),
        encrypting(certificates).withKeepAlive(keepAlive, keepAlive.multipliedBy(2)));
  }

  private static ServerOptions encrypting(Security.Certificates certificates) {
    return ServerOptions.insecure()
        .withAddress("127.0.0.1", 0)
        .withSecurity(Security.tls(USERS, certificates));
  }

  /// Serves a new store in memory to users, without encryption.
  public static TestServer withUsers() {
    return withUsers(LocalEventStore.inMemory());
  }

  /// Serves a store that is open to users, without encryption, and closes it in the end.
  public static TestServer withUsers(LocalEventStore store) {
    return new TestServer(
        store,
        ServerOptions.insecure()
            .withAddress("127.0.0.1", 0)
            .withSecurity(Security.plaintextWithUsers(USERS)));
  }

  /// Told who can log in with the password that everybody knows.
  public CompletableFuture<List<String>> usersWithDefaultPassword() {
    return server.usersWithDefaultPassword().toCompletableFuture();
  }

  /// What is served.
  public LocalEventStore store() {
    return store;
  }

  /// Where it listens.
  public int port() {
    return server.port();
  }

  /// How many calls are under way.
  public int openCalls() {
    return server.openCalls();
  }

  /// How many connections are open.
  public int connections() {
    return server.connections();
  }

  /// How an official client reaches it directly.
  public String connectionString() {
    return "kurrentdb://%s127.0.0.1:%d?%s".formatted(administrator(), port(), parameters());
  }

  /// The part of a connection string that says who asks: an administrator, where there are users.
  public String administrator() {
    return switch (options.security()) {
      case Security.Insecure(), Security.Plaintext(_) -> "";
      case Security.Tls(_, _) -> "admin:changeit@";
    };
  }

  /// The part of a connection string that says how to encrypt.
  public String parameters() {
    return switch (options.security()) {
      case Security.Insecure(), Security.Plaintext(_) -> "tls=false";
      case Security.Tls(_, Security.Certificates.Made(var directory, _)) ->
          "tls=true&tlsCaFile=" + directory.resolve("ca.crt");
      case Security.Tls(_, Security.Certificates.MadeInMemory(var authority, _)) ->
          "tls=true&tlsCaFile=" + authority;
      case Security.Tls(_, Security.Certificates.OfFiles(var certificate, _, _)) ->
          "tls=true&tlsCaFile=" + certificate;
    };
  }

  /// How a client reaches it as a user.
  public String connectionString(String user, String password) {
    // A password takes its time, and a busy machine a multiple of it.
    return "kurrentdb://%s:%s@127.0.0.1:%d?tls=false&defaultDeadline=60000"
        .formatted(user, password, port());
  }

  /// Ends the server and leaves the store open.
  public void closeServer() {
    server.close();
  }

  /// Ends the server, telling what it waits for, and leaves the store open.
  public void closeServer(Duration patience, Consumer<LeftfoldServer.Remaining> progress) {
    server.close(patience, progress);
  }

  /// Whether an operator has asked the server to end.
  public boolean isAskedToShutDown() {
    return server.shutdownAsked().toCompletableFuture().isDone();
  }

  @Override
  public void close() {
    server.close();
    store.close();
  }
}
