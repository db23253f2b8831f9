// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// Where a server is and how to talk to it, in the form that the clients of EventStoreDB and
/// KurrentDB share:
///
/// ```
/// scheme://[user:password@]host[:port][,host[:port]…][/][?name=value&…]
/// ```
///
/// Schemes are `esdb`, `kurrentdb`, `kdb`, `kurrent` and `leftfold`, each with `+discover` or
/// without. The port is 2113 unless given; an IPv6 address stands in brackets. Several hosts are
/// tried in their order; `+discover` tries every address of a name, which is what happens without
/// it as well, since there is one node to find.
///
/// | parameter | meaning | default |
/// |---|---|---|
/// | `tls` | whether the connection is encrypted | `true` |
/// | `tlsVerifyCert` | whether the server's certificate is checked | `true` |
/// | `tlsCaFile` | certificates (PEM) to trust instead of the system's | |
/// | `userCertFile`, `userKeyFile` | certificate and key (PEM) to show to the server | |
/// | `keepAliveInterval`, `keepAliveTimeout` | milliseconds between pings (the transport allows no less than ten seconds), and for an answer; −1 for no pings | 10000 |
/// | `defaultDeadline` | milliseconds for a call to be answered, for a read or subscription to be opened | 10000 |
/// | `connectionName` | what the server calls this connection | |
///
/// Checked, but without effect while there is one node: `nodePreference`, `maxDiscoverAttempts`,
/// `discoveryInterval`, `gossipTimeout`, `dnsDiscover`, `feature`. Also without effect:
/// `throwOnAppendFailure`; an append that fails always throws. Names of parameters may be written
/// in any case; user, password and values may be percent-encoded.
///
/// @param discover whether the scheme ended in `+discover`
/// @param seeds where to try, in this order; at least one
/// @param credentials who asks; empty for nobody in particular
/// @param tls how to encrypt; empty for not at all
/// @param keepAlive how to find out that the other side is gone; empty for not at all
/// @param defaultDeadline how long to wait for an answer
/// @param connectionName what the server calls this connection; empty for nothing
public record ConnectionString(
    boolean discover,
    List<Seed> seeds,
    Optional<Credentials> credentials,
    Optional<Tls> tls,
    Optional<KeepAlive> keepAlive,
    Duration defaultDeadline,
    Optional<String> connectionName) {

  /// The port of a seed that names none.
  public static final int DEFAULT_PORT = 2113;

  private static final List<String> SCHEMES =
      List.of("esdb", "kurrentdb", "kdb", "kurrent", "leftfold");

  private static final String DISCOVER = "+discover";

  /// Copies the list and checks that there is a seed and time to wait.
  public ConnectionString {
    seeds = List.copyOf(seeds);
    if (seeds.isEmpty()) {
      throw new IllegalArgumentException("A connection string names at least one host, got none");
    }
    if (!defaultDeadline.isPositive()) {
      throw new IllegalArgumentException("A deadline is above 0, got " + defaultDeadline);
    }
  }

  /// Reads a connection string.
  ///
  /// @param text as described above
  /// @return its meaning
  /// @throws IllegalArgumentException if it is not one; the message says what is wrong and never
  ///   repeats a password
  public static ConnectionString parse(String text) {
    var schemeEnd = text.indexOf("://");
    if (schemeEnd < 0) {
      throw malformed("begins with a scheme and \"://\", as in esdb://localhost:2113?tls=false");
    }
    var discover = discover(text.substring(0, schemeEnd));
    var rest = text.substring(schemeEnd + "://".length());
    var queryStart = rest.indexOf('?');
    var authority = withoutPath(queryStart < 0 ? rest : rest.substring(0, queryStart));
    var at = authority.lastIndexOf('@');
    var seeds = seeds(authority.substring(at + 1));
    var parameters = Parameters.parse(queryStart < 0 ? "" : rest.substring(queryStart + 1));
    return new ConnectionString(
        discover,
        seeds,
        at < 0 ? Optional.empty() : Optional.of(credentials(authority.substring(0, at))),
        parameters.tls(),
        parameters.keepAlive(),
        parameters.defaultDeadline(),
        parameters.connectionName());
  }

  private static boolean discover(String scheme) {
    var lower = scheme.toLowerCase(Locale.ROOT);
    var discover = lower.endsWith(DISCOVER);
    var plain = discover ? lower.substring(0, lower.length() - DISCOVER.length()) : lower;
    if (!SCHEMES.contains(plain)) {
      throw malformed(
          "begins with %s (each may be followed by +discover), got \"%s\"%s"
              .formatted(String.join(", ", SCHEMES), printable(scheme), guess(plain, SCHEMES)));
    }
    return discover;
  }

  private static String withoutPath(String authority) {
    var slash = authority.indexOf('/', authority.lastIndexOf('@') + 1);
    if (slash < 0) {
      return authority;
    }
    if (slash < authority.length() - 1) {
      throw malformed(
          "has no path after the hosts, got \"%s\"; parameters begin with \"?\""
              .formatted(printable(authority.substring(slash))));
    }
    return authority.substring(0, slash);
  }

  private static Credentials credentials(String userInfo) {
    var colon = userInfo.indexOf(':');
    if (colon < 1) {
      throw malformed(
          "has user:password before \"@\", got no %s".formatted(colon < 0 ? "\":\"" : "user"));
    }
    return new Credentials(
        decoded(userInfo.substring(0, colon), "The user"),
        decoded(userInfo.substring(colon + 1), "The password"));
  }

  private static List<Seed> seeds(String hosts) {
    if (hosts.isEmpty()) {
      throw malformed("names at least one host, got none");
    }
    var seeds = new ArrayList<Seed>();
    for (var host : hosts.split(",", -1)) {
      seeds.add(Seed.parse(host));
    }
    return seeds;
  }

  private static String decoded(String text, String subject) {
    if (text.indexOf('%') < 0) {
      return text;
    }
    var bytes = ByteBuffer.allocate(text.length() * 3);
    for (var i = 0; i < text.length(); i++) {
      if (text.charAt(i) != '%') {
        var end = text.indexOf('%', i);
        var plain = text.substring(i, end < 0 ? text.length() : end);
        bytes.put(plain.getBytes(StandardCharsets.UTF_8));
        i += plain.length() - 1;
        continue;
      }
      var high = i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      var low = i + 2 < text.length() ? Character.digit(text.charAt(i + 2), 16) : -1;
      if (high < 0 || low < 0) {
        throw malformed(
            subject
                + " has a \"%\" without two hexadecimal digits; write \"%25\" for the sign itself");
      }
      bytes.put((byte) (high << 4 | low));
      i += 2;
    }
    try {
      return StandardCharsets.UTF_8.newDecoder().decode(bytes.flip()).toString();
    } catch (CharacterCodingException _) {
      throw malformed(subject + " decodes to bytes that are not UTF-8");
    }
  }

  private static IllegalArgumentException malformed(String expectation) {
    return new IllegalArgumentException(
        Character.isUpperCase(expectation.charAt(0))
            ? "In the connection string: " + expectation
            : "A connection string " + expectation);
  }

  /// What can be shown of a part that was not understood: what stands before an "@" may be a
  /// password with a sign in it that should have been encoded.
  private static String printable(String part) {
    var shown = part.indexOf('@') < 0 ? part : "…" + part.substring(part.lastIndexOf('@'));
    return shown.length() <= 60 ? shown : shown.substring(0, 60) + "…";
  }

  private static String guess(String word, Collection<String> known) {
    return NearestName.of(word, known).map("; did you mean \"%s\"?"::formatted).orElse("");
  }

  /// One place to try.
  ///
  /// @param host a name or an address, IPv6 without its brackets
  /// @param port from 1 to 65535
  public record Seed(String host, int port) {

    /// Checks both.
    public Seed {
      if (host.isEmpty()) {
        throw malformed("names hosts separated by single commas, got an empty one");
      }
      if (port < 1 || port > 65535) {
        throw malformed("has ports from 1 to 65535, got %d for %s".formatted(port, host));
      }
    }

    private static Seed parse(String text) {
      if (text.startsWith("[")) {
        var end = text.indexOf(']');
        var address = end < 0 ? "" : text.substring(1, end);
        if (!address.matches("[0-9a-fA-F:.]*:[0-9a-fA-F:.]*(%[\\w.-]+)?")) {
          throw malformed(
              "has an IPv6 address between brackets, got \"%s\"".formatted(printable(text)));
        }
        return new Seed(address, port(text.substring(end + 1), address));
      }
      var colon = text.indexOf(':');
      if (colon != text.lastIndexOf(':')) {
        throw malformed(
            "has one port for each host, got more than one \":\"; write an IPv6 address in brackets, as in [::1]:2113");
      }
      var host = colon < 0 ? text : text.substring(0, colon);
      if (!host.matches("[a-zA-Z0-9._-]*")) {
        throw malformed(
            "has host names of letters, digits, \".\", \"-\" and \"_\", got \"%s\""
                .formatted(printable(host)));
      }
      return new Seed(host, port(colon < 0 ? "" : text.substring(colon), host));
    }

    private static int port(String suffix, String host) {
      if (suffix.isEmpty()) {
        return DEFAULT_PORT;
      }
      if (!suffix.matches(":[0-9]{1,9}")) {
        throw malformed(
            "has a port of digits after the host %s; write signs in a password as %%40 and the like"
                .formatted(printable(host)));
      }
      return Integer.parseInt(suffix.substring(1));
    }

    @Override
    public String toString() {
      return (host.indexOf(':') < 0 ? "%s:%d" : "[%s]:%d").formatted(host, port);
    }
  }

  /// Who asks.
  ///
  /// @param user the name
  /// @param password what proves it; never printed
  public record Credentials(String user, String password) {
    @Override
    public String toString() {
      return user + ":***";
    }
  }

  /// How to encrypt.
  ///
  /// @param verify whether the server's certificate is checked
  /// @param caFile certificates to trust instead of the system's, PEM
  /// @param userFiles what to show to the server
  public record Tls(boolean verify, Optional<String> caFile, Optional<UserFiles> userFiles) {

    /// What to show to a server that asks for a certificate.
    ///
    /// @param certificate the file of the certificate, PEM
    /// @param key the file of its private key, PEM
    public record UserFiles(String certificate, String key) {}
  }

  /// How to find out that the other side is gone.
  ///
  /// @param interval between pings
  /// @param timeout for the answer to one
  public record KeepAlive(Duration interval, Duration timeout) {}

  /// The part behind the question mark, by the names as they are written in the table above.
  private record Parameters(Map<String, String> values) {

    private static final List<String> KNOWN =
        List.of(
            "tls",
            "tlsVerifyCert",
            "tlsCaFile",
            "userCertFile",
            "userKeyFile",
            "keepAliveInterval",
            "keepAliveTimeout",
            "defaultDeadline",
            "connectionName",
            "nodePreference",
            "maxDiscoverAttempts",
            "discoveryInterval",
            "gossipTimeout",
            "throwOnAppendFailure",
            "dnsDiscover",
            "feature");

    private static final List<String> NODE_PREFERENCES =
        List.of("leader", "follower", "random", "readonlyreplica");

    private static final long TEN_SECONDS = 10_000;

    private static Parameters parse(String query) {
      var values = new HashMap<String, String>();
      for (var pair : query.split("&", -1)) {
        if (pair.isEmpty()) {
          continue;
        }
        var equals = pair.indexOf('=');
        if (equals < 1) {
          throw malformed(
              "has parameters name=value separated by \"&\", got \"%s\""
                  .formatted(printable(pair)));
        }
        var name = known(pair.substring(0, equals));
        var value = decoded(pair.substring(equals + 1), "Parameter " + name);
        if (values.put(name, value) != null) {
          throw malformed("has each parameter once, got %s twice".formatted(name));
        }
      }
      var parameters = new Parameters(values);
      parameters.checkWhatHasNoEffect();
      return parameters;
    }

    private static String known(String name) {
      return KNOWN.stream()
          .filter(name::equalsIgnoreCase)
          .findFirst()
          .orElseThrow(() -> {
            var guess = guess(name, KNOWN);
            return malformed(
                "has no parameter \"%s\"%s"
                    .formatted(
                        printable(name),
                        guess.isEmpty() ? "; it has " + String.join(", ", KNOWN) : guess));
          });
    }

    private void checkWhatHasNoEffect() {
      nodePreference();
      number("maxDiscoverAttempts", -1, 10);
      number("discoveryInterval", 0, 100);
      number("gossipTimeout", 0, 3000);
      flag("throwOnAppendFailure", true);
      flag("dnsDiscover", false);
    }

    private void nodePreference() {
      var value = text("nodePreference").orElse("leader");
      if (!NODE_PREFERENCES.contains(value.toLowerCase(Locale.ROOT))) {
        throw malformed(
            "has a nodePreference of %s, got \"%s\"%s"
                .formatted(
                    String.join(", ", NODE_PREFERENCES),
                    printable(value),
                    guess(value, NODE_PREFERENCES)));
      }
    }

    private Optional<Tls> tls() {
      var verify = flag("tlsVerifyCert", true);
      var certificate = text("userCertFile");
      var key = text("userKeyFile");
      if (certificate.isPresent() != key.isPresent()) {
        throw malformed(
            "has userCertFile and userKeyFile, or neither; got %s alone"
                .formatted(certificate.isPresent() ? "userCertFile" : "userKeyFile"));
      }
      var userFiles = certificate.flatMap(file -> key.map(k -> new Tls.UserFiles(file, k)));
      return flag("tls", true)
          ? Optional.of(new Tls(verify, text("tlsCaFile"), userFiles))
          : Optional.empty();
    }

    private Optional<KeepAlive> keepAlive() {
      var interval = number("keepAliveInterval", -1, TEN_SECONDS);
      var timeout = number("keepAliveTimeout", -1, TEN_SECONDS);
      return interval <= 0 || timeout <= 0
          ? Optional.empty()
          : Optional.of(new KeepAlive(Duration.ofMillis(interval), Duration.ofMillis(timeout)));
    }

    private Duration defaultDeadline() {
      return Duration.ofMillis(number("defaultDeadline", 1, TEN_SECONDS));
    }

    private Optional<String> connectionName() {
      var name = text("connectionName");
      if (name.isPresent() && !name.get().matches("[ -~]+")) {
        throw malformed("has a connectionName of printable ASCII characters");
      }
      return name;
    }

    private Optional<String> text(String name) {
      var value = Optional.ofNullable(values.get(name));
      if (value.isPresent() && value.get().isEmpty()) {
        throw malformed("has a value for %s, got nothing behind its \"=\"".formatted(name));
      }
      return value;
    }

    private boolean flag(String name, boolean otherwise) {
      return text(name)
          .map(value ->
              switch (value.toLowerCase(Locale.ROOT)) {
                case "true" -> true;
                case "false" -> false;
                default ->
                    throw malformed(
                        "has true or false for %s, got \"%s\"".formatted(name, printable(value)));
              })
          .orElse(otherwise);
    }

    private long number(String name, long least, long otherwise) {
      var text = text(name);
      if (text.isEmpty()) {
        return otherwise;
      }
      if (!text.get().matches("-?[0-9]{1,9}") || Long.parseLong(text.get()) < least) {
        throw malformed(
            "has a whole number from %d to 999999999 for %s, got \"%s\""
                .formatted(least, name, printable(text.get())));
      }
      return Long.parseLong(text.get());
    }
  }
}
