// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.client.ConnectionString;
import io.leftfold.client.RemoteUsers;
import picocli.CommandLine.Option;

/// Which server, and as whom, for what can be asked of nothing but a server.
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ServerOption {

  @Option(
      names = {"-c", "--connect"},
      paramLabel = "<connection string>",
      required = true,
      description =
          "The server, and who asks: kurrentdb://admin@127.0.0.1:2113?tlsCaFile=leftfold-data/tls/ca.crt, or with ?tls=false. The password comes from LEFTFOLD_PASSWORD, or is asked for; in the connection string others could see it.")
  private String connect;

  RemoteUsers open(Shell shell) {
    return RemoteUsers.connect(connection(shell));
  }

  /// The connection, with a password if a user is named.
  ConnectionString connection(Shell shell) {
    return Secrets.connection(shell, connect);
  }
}
