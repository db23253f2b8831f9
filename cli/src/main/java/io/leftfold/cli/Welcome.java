// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import static io.leftfold.cli.config.ServerOption.ADVERTISE_HOST;
import static io.leftfold.cli.config.ServerOption.HOST;

import io.leftfold.engine.Durability;
import io.leftfold.engine.IndexProgress;
import io.leftfold.engine.LocalEventStore;
import io.leftfold.server.Authentication;
import io.leftfold.server.LeftfoldServer;
import io.leftfold.server.Security;
import io.leftfold.server.Security.Certificates;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Locale;

/// What a server says when it begins to serve: what, where, how safe, and how to try it.
final class Welcome {

  private final ServerSetup setup;
  private final Shell shell;
  private final boolean isNew;

  /// @param isNew whether the store was made just now
  Welcome(ServerSetup setup, Shell shell, boolean isNew) {
    this.setup = setup;
    this.shell = shell;
    this.isNew = isNew;
  }

  /// @param tcpPort where the old TCP protocol is spoken; 0 if it is not
  void print(LocalEventStore store, int port, int tcpPort) {
    var out = shell.out();
    var style = shell.style();
    var security = setup.serverOptions().security();
    store
        .recovery()
        .ifPresent(report -> out.println(style.warning("After an unclean end: ") + report + "."));
    warnOf(security);
    var host = setup.configuration().setting(HOST).value();
    out.println(
        "Leftfold %s serves %s at %s:%d (gRPC and HTTP%s), with %s."
            .formatted(
                LeftfoldServer.VERSION,
                setup.inMemory() ? "a store in memory" : setup.data().toString(),
                host,
                port,
                security instanceof Security.Tls ? ", with TLS" : "",
                size(store)));
    if (tcpPort > 0) {
      out.println("The old TCP protocol is spoken at port %d.".formatted(tcpPort));
    }
    if (isIndexing(store)) {
      out.println(
          style.warning("The index is being made from the log.")
              + " Until then only reads of everything are answered; /health/ready tells how far it is.");
    }
    if (setup.durability() == Durability.OS && !setup.inMemory()) {
      out.println(
          style.warning("Durability is os: ")
              + "a power failure may take back acknowledged events.");
    }
    sayHowToTrust(security);
    sayHowToTry(connection(security, host, port));
    out.println();
    out.println("Ctrl-C stops the server.");
    out.flush();
  }

  static boolean isIndexing(LocalEventStore store) {
    return store.indexProgress().state() != IndexProgress.State.WHOLE;
  }

  private static String size(LocalEventStore store) {
    var stats = store.stats();
    return isIndexing(store)
        ? "%,d events".formatted(stats.events())
        : "%,d events in %,d streams".formatted(stats.events(), stats.streams());
  }

  private void warnOf(Security security) {
    var out = shell.out();
    var style = shell.style();
    switch (security) {
      case Security.Insecure() -> {
        out.println(
            style.warning(
                "WARNING: INSECURE. This server has no encryption and no users: whoever reaches its port"));
        out.println(style.warning("can read and write everything."));
      }
      case Security.Plaintext(_) ->
          out.println(style.warning("WARNING: NO TLS. Passwords and events travel as they are."));
      case Security.Tls(_, _) -> {
        // Nothing to warn of.
      }
    }
  }

  private void sayHowToTrust(Security security) {
    if (security instanceof Security.Tls(_, var certificates)
        && !(certificates instanceof Certificates.OfFiles)) {
      shell.out().println();
      shell.out().println("Clients trust it by the tlsCaFile below. To trust it everywhere here:");
      shell.out().println("  " + trustCommand(authority(certificates)));
    }
  }

  private static Path authority(Certificates certificates) {
    return switch (certificates) {
      case Certificates.OfFiles(var certificate, _, _) -> certificate;
      case Certificates.Made(var directory, _) -> directory.resolve("ca.crt").toAbsolutePath();
      case Certificates.MadeInMemory(var file, _) -> file.toAbsolutePath();
    };
  }

  private static String trustCommand(Path authority) {
    var system = System.getProperty("os.name", "").toLowerCase(Locale.ROOT);
    if (system.startsWith("mac")) {
      return "sudo security add-trusted-cert -d -r trustRoot -k /Library/Keychains/System.keychain '%s'"
          .formatted(authority);
    }
    if (system.startsWith("windows")) {
      return "certutil -addstore -f ROOT \"%s\"".formatted(authority);
    }
    return Files.isDirectory(Path.of("/usr/local/share/ca-certificates"))
        ? "sudo cp '%s' /usr/local/share/ca-certificates/leftfold.crt && sudo update-ca-certificates"
            .formatted(authority)
        : "sudo trust anchor '%s'".formatted(authority);
  }

  private String connection(Security security, String host, int port) {
    var everywhere = host.equals("0.0.0.0") || host.equals("::");
    var reached =
        setup.configuration().text(ADVERTISE_HOST).orElse(everywhere ? "127.0.0.1" : host);
    var parameters =
        switch (security) {
          case Security.Insecure(), Security.Plaintext(_) -> "?tls=false";
          case Security.Tls(_, Certificates.OfFiles(_, _, _)) -> "";
          case Security.Tls(_, var made) -> "?tlsCaFile=" + authority(made);
        };
    return "kurrentdb://%s%s:%d%s"
        .formatted(
            administrator(security),
            reached.contains(":") ? "[" + reached + "]" : reached,
            port,
            parameters);
  }

  /// Who has every right; commands ask for a password that may be another one by now.
  private String administrator(Security security) {
    return switch (security) {
      case Security.Insecure() -> "";
      case Security.Plaintext(var users) -> administrator(users);
      case Security.Tls(var users, _) -> administrator(users);
    };
  }

  private String administrator(Authentication users) {
    return isNew && users.adminPassword().isEmpty() ? "admin:changeit@" : "admin@";
  }

  private void sayHowToTry(String connection) {
    var out = shell.out();
    out.println();
    out.println("Try it from another terminal:");
    out.println(
        "  leftfold append account-7 '{\"amount\":50}' --type MoneyDeposited --connect '%s'"
            .formatted(connection));
    out.println("  leftfold read account-7 --connect '%s'".formatted(connection));
    out.println("from Java:");
    out.println(
        "  KurrentDBClient.create(KurrentDBConnectionString.parseOrThrow(\"%s\"))"
            .formatted(connection));
    out.println("from Node:");
    out.println("  KurrentDBClient.connectionString(\"%s\")".formatted(connection));
  }
}
