// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.tls;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Locale;

/// Names and addresses, written in one way each so that they can be compared.
final class HostNames {

  private HostNames() {}

  /// Whether it is an address rather than a name; nothing is looked up.
  static boolean isAddress(String host) {
    return host.indexOf(':') >= 0 || host.matches("[0-9]{1,3}(\\.[0-9]{1,3}){3}");
  }

  /// In small letters; addresses as the JDK prints them, without the interface they belong to.
  static String normal(String host) {
    if (!isAddress(host)) {
      return host.toLowerCase(Locale.ROOT);
    }
    var scope = host.indexOf('%');
    var address = scope < 0 ? host : host.substring(0, scope);
    try {
      return InetAddress.getByName(address).getHostAddress();
    } catch (UnknownHostException _) {
      return address;
    }
  }
}
