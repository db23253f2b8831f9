// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import io.leftfold.server.tls.Identity;
import io.netty.handler.ssl.ApplicationProtocolNames;
import io.netty.handler.ssl.SslContext;
import io.netty.handler.ssl.SslContextBuilder;
import io.netty.handler.ssl.SslProvider;
import io.vertx.core.net.KeyCertOptions;
import io.vertx.core.net.ServerSSLOptions;
import java.io.IOException;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.KeyManagerFactory;

/// How TLS is spoken: versions 1.2 and 1.3 with the cipher suites that the JDK thinks good, and
/// HTTP/2 or HTTP/1.1 as the peer wants.
final class Encryption {

  private static final Duration HANDSHAKE_TIMEOUT_MAX = Duration.ofSeconds(10);

  private static final Set<String> PROTOCOLS = Set.of("TLSv1.2", "TLSv1.3");

  /// Of a key store that is never written; it must have one.
  private static final char[] PASSWORD = "in memory".toCharArray();

  private Encryption() {}

  /// Sets the options for an identity.
  ///
  /// @param tls what is set
  /// @param identity what is shown to clients
  /// @param openingTimeout how long a connection may take until its first request; a handshake may
  ///   not take longer
  /// @throws IOException if the identity cannot be used
  static void configure(ServerSSLOptions tls, Identity identity, Duration openingTimeout)
      throws IOException {
    tls.setKeyCertOptions(KeyCertOptions.wrap(keyManagers(identity)))
        .setEnabledSecureTransportProtocols(PROTOCOLS)
        .setUseAlpn(true)
        .setApplicationLayerProtocols(
            List.of(ApplicationProtocolNames.HTTP_2, ApplicationProtocolNames.HTTP_1_1))
        .setSslHandshakeTimeout(handshakeTimeout(openingTimeout).toMillis())
        .setSslHandshakeTimeoutUnit(TimeUnit.MILLISECONDS);
  }

  /// For those who speak no HTTP.
  ///
  /// @throws IOException if the identity cannot be used
  static SslContext context(Identity identity) throws IOException {
    return SslContextBuilder.forServer(keyManagers(identity))
        .sslProvider(SslProvider.JDK)
        .protocols(PROTOCOLS)
        .build();
  }

  /// How long a handshake may take.
  static Duration handshakeTimeout(Duration openingTimeout) {
    return openingTimeout.compareTo(HANDSHAKE_TIMEOUT_MAX) < 0
        ? openingTimeout
        : HANDSHAKE_TIMEOUT_MAX;
  }

  private static KeyManagerFactory keyManagers(Identity identity) throws IOException {
    try {
      var store = KeyStore.getInstance("PKCS12");
      store.load(null, PASSWORD);
      store.setKeyEntry(
          "leftfold", identity.key(), PASSWORD, identity.chain().toArray(Certificate[]::new));
      var managers = KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      managers.init(store, PASSWORD);
      return managers;
    } catch (GeneralSecurityException e) {
      throw new IOException("The certificate cannot be used for TLS: " + e.getMessage(), e);
    }
  }
}
