// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import io.grpc.ChannelCredentials;
import io.grpc.ClientInterceptor;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Metadata;
import io.grpc.TlsChannelCredentials;
import io.grpc.stub.MetadataUtils;
import io.leftfold.client.ConnectionString.Tls;
import java.io.File;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509ExtendedTrustManager;

/// Opens channels as connection strings ask for them.
final class Channels {

  /// The largest message taken: what the largest event may be, and room for what is around it.
  private static final int MESSAGE_BYTES_MAX = 64 << 20;

  /// The most bytes of headers and trailers taken: a refused append names its conflicts there.
  private static final int METADATA_BYTES_MAX = 64 << 10;

  private static final long CLOSE_SECONDS_MAX = 5;

  private static final Metadata.Key<String> AUTHORIZATION = asciiKey("authorization");
  private static final Metadata.Key<String> CONNECTION_NAME = asciiKey("connection-name");

  private Channels() {}

  /// A channel that connects when it is first used, and again whenever it must.
  static ManagedChannel open(ConnectionString connection) {
    var builder =
        Grpc.newChannelBuilder(
                SeedResolver.target(connection.seeds()),
                connection
                    .tls()
                    .map(Channels::credentials)
                    .orElseGet(InsecureChannelCredentials::create))
            .maxInboundMessageSize(MESSAGE_BYTES_MAX)
            .maxInboundMetadataSize(METADATA_BYTES_MAX)
            .intercept(headers(connection))
            // A write that may have happened is repeated by its caller, who knows the event ids.
            .disableRetry()
            .userAgent("leftfold");
    connection
        .keepAlive()
        .ifPresent(keepAlive ->
            builder
                .keepAliveTime(keepAlive.interval().toMillis(), TimeUnit.MILLISECONDS)
                .keepAliveTimeout(keepAlive.timeout().toMillis(), TimeUnit.MILLISECONDS));
    return builder.build();
  }

  /// Closes a channel and waits a little until that is done.
  static void close(ManagedChannel channel) {
    channel.shutdownNow();
    try {
      if (!channel.awaitTermination(CLOSE_SECONDS_MAX, TimeUnit.SECONDS)) {
        System.getLogger(Channels.class.getName())
            .log(System.Logger.Level.WARNING, "The connection to {0} is slow to close", channel);
      }
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
    }
  }

  private static ClientInterceptor headers(ConnectionString connection) {
    var headers = new Metadata();
    connection
        .credentials()
        .ifPresent(credentials ->
            headers.put(
                AUTHORIZATION,
                "Basic "
                    + Base64.getEncoder()
                        .encodeToString(
                            (credentials.user() + ":" + credentials.password())
                                .getBytes(StandardCharsets.UTF_8))));
    connection.connectionName().ifPresent(name -> headers.put(CONNECTION_NAME, name));
    return MetadataUtils.newAttachHeadersInterceptor(headers);
  }

  private static ChannelCredentials credentials(Tls tls) {
    var credentials = TlsChannelCredentials.newBuilder();
    try {
      if (!tls.verify()) {
        credentials.trustManager(new TrustManager[] {new Trusting()});
      } else if (tls.caFile().isPresent()) {
        credentials.trustManager(new File(tls.caFile().get()));
      }
      if (tls.userFiles().isPresent()) {
        var files = tls.userFiles().get();
        credentials.keyManager(new File(files.certificate()), new File(files.key()));
      }
    } catch (IOException e) {
      throw new IllegalArgumentException(
          "A connection string names files with certificates and keys that can be read, but: "
              + e.getMessage(),
          e);
    }
    return credentials.build();
  }

  private static Metadata.Key<String> asciiKey(String name) {
    return Metadata.Key.of(name, Metadata.ASCII_STRING_MARSHALLER);
  }

  /// Believes any certificate, and any name in it: what `tlsVerifyCert=false` asks for.
  private static final class Trusting extends X509ExtendedTrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine) {}

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
