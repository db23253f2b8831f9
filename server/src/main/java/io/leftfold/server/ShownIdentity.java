// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server;

import io.leftfold.server.Security.Certificates;
import io.leftfold.server.edge.Edge;
import io.leftfold.server.tls.CertificateSource;
import io.leftfold.server.tls.MadeCertificates;
import io.leftfold.server.tls.OwnCertificates;
import io.leftfold.server.tls.UnusableCertificateException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.net.UnknownHostException;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/// The certificate that a node shows: where it comes from, by which names, and how the edge gets
/// the next one.
final class ShownIdentity {

  /// How often somebody looks for another one.
  static final Duration BETWEEN_LOOKS = Duration.ofSeconds(2);

  private static final System.Logger LOG = System.getLogger("io.leftfold.server");

  private ShownIdentity() {}

  static CertificateSource source(Certificates certificates, ServerOptions options) {
    var clock = Clock.systemUTC();
    return switch (certificates) {
      case Certificates.OfFiles(var certificate, var key, var password) ->
          new OwnCertificates(certificate, key, password, clock);
      case Certificates.Made(var directory, var names) ->
          MadeCertificates.in(directory, () -> names(names, options), clock, new SecureRandom());
      case Certificates.MadeInMemory(var file, var names) ->
          MadeCertificates.inMemory(file, () -> names(names, options), clock, new SecureRandom());
    };
  }

  /// Shows the next certificate if there is one. If that is of no use, the last one stays, and the
  /// log says so.
  static void showNext(CertificateSource source, Edge edge) {
    try {
      var next = source.next();
      if (next.isPresent()) {
        edge.show(next.get());
        LOG.log(System.Logger.Level.INFO, "New connections are shown another certificate");
      }
    } catch (UnusableCertificateException | IOException e) {
      LOG.log(
          System.Logger.Level.ERROR,
          "The certificate shown to clients stays the old one. {0}",
          e.getMessage());
    } catch (RuntimeException e) {
      // The timer would never look again.
      LOG.log(System.Logger.Level.ERROR, "The certificate shown to clients stays the old one", e);
    }
  }

  /// By which a client may call this node. The first one is what people call it.
  private static List<String> names(List<String> given, ServerOptions options) {
    var names = new ArrayList<String>();
    try {
      names.add(InetAddress.getLocalHost().getHostName());
    } catch (UnknownHostException _) {
      // A machine without a name that it can look up itself: others cannot either.
    }
    names.addAll(List.of("localhost", "127.0.0.1", "::1"));
    names.addAll(given);
    if (!options.advertisedHost().isEmpty()) {
      names.add(options.advertisedHost());
    }
    if (options.listensEverywhere()) {
      names.addAll(addresses());
    } else {
      names.add(options.host());
    }
    return names;
  }

  private static List<String> addresses() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .filter(address -> !address.isLinkLocalAddress())
          .map(InetAddress::getHostAddress)
          .toList();
    } catch (SocketException _) {
      return List.of();
    }
  }
}
