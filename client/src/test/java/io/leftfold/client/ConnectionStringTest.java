// SPDX-License-Identifier: Apache-2.0

package io.leftfold.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.leftfold.client.ConnectionString.Credentials;
import io.leftfold.client.ConnectionString.KeepAlive;
import io.leftfold.client.ConnectionString.Seed;
import io.leftfold.client.ConnectionString.Tls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import org.junit.jupiter.api.RepeatedTest;
import org.junit.jupiter.api.RepetitionInfo;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConnectionStringTest {

  private static final String SIGNS = ":/?#[]@!$&'()*+,;=% \u0000é€a0-";

  @Test
  void a_host_alone_means_port_2113_with_tls_and_ten_seconds() {
    assertThat(ConnectionString.parse("esdb://db.example"))
        .isEqualTo(
            new ConnectionString(
                false,
                List.of(new Seed("db.example", 2113)),
                Optional.empty(),
                Optional.of(new Tls(true, Optional.empty(), Optional.empty())),
                Optional.of(new KeepAlive(Duration.ofSeconds(10), Duration.ofSeconds(10))),
                Duration.ofSeconds(10),
                Optional.empty()));
  }

  @ParameterizedTest
  @ValueSource(strings = {"esdb", "kurrentdb", "kdb", "kurrent", "leftfold", "ESDB", "KurrentDB"})
  void every_scheme_can_discover_or_not(String scheme) {
    assertThat(ConnectionString.parse(scheme + "://a").discover()).isFalse();
    assertThat(ConnectionString.parse(scheme + "+discover://a").discover()).isTrue();
    assertThat(ConnectionString.parse(scheme + "+DISCOVER://a").discover()).isTrue();
  }

  @Test
  void everything_can_be_said_at_once() {
    var connection =
        ConnectionString.parse(
            "kurrentdb+discover://admin:change%40me@one:1,two,[::1]:3/?TLSVERIFYCERT=False"
                + "&tlsCaFile=/etc/a%26b.pem&userCertFile=c.pem&userKeyFile=k.pem"
                + "&keepAliveInterval=20000&keepAliveTimeout=5000&defaultDeadline=1500"
                + "&connectionName=import%201&nodePreference=ReadOnlyReplica"
                + "&maxDiscoverAttempts=-1&discoveryInterval=7&gossipTimeout=9"
                + "&throwOnAppendFailure=false&dnsDiscover=true&feature=dns-lookup");

    assertThat(connection.discover()).isTrue();
    assertThat(connection.seeds())
        .containsExactly(new Seed("one", 1), new Seed("two", 2113), new Seed("::1", 3));
    assertThat(connection.credentials()).contains(new Credentials("admin", "change@me"));
    assertThat(connection.tls())
        .contains(
            new Tls(
                false,
                Optional.of("/etc/a&b.pem"),
                Optional.of(new Tls.UserFiles("c.pem", "k.pem"))));
    assertThat(connection.keepAlive())
        .contains(new KeepAlive(Duration.ofSeconds(20), Duration.ofSeconds(5)));
    assertThat(connection.defaultDeadline()).isEqualTo(Duration.ofMillis(1500));
    assertThat(connection.connectionName()).contains("import 1");
  }

  @ParameterizedTest
  @CsvSource({
    "esdb://h?tls=false, true",
    "esdb://h/?tls=FALSE, true",
    "esdb://h?TLS=false&, true",
    "esdb://h?&tls=true, false",
    "esdb://h?, false",
    "esdb://h/, false",
    "esdb://h/?, false"
  })
  void plaintext_must_be_asked_for(String text, boolean plaintext) {
    assertThat(ConnectionString.parse(text).tls().isEmpty()).isEqualTo(plaintext);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "keepAliveInterval=-1",
        "keepAliveTimeout=-1",
        "keepAliveInterval=0",
        "keepAliveInterval=-1&keepAliveTimeout=-1"
      })
  void pings_can_be_turned_off(String parameters) {
    assertThat(ConnectionString.parse("esdb://h?" + parameters).keepAlive()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({
    "esdb://u:p@h, u, p",
    "esdb://u:@h, u, ''",
    "esdb://u:p:q@h, u, p:q",
    "esdb://u:p@q@h, u, p@q",
    "esdb://%C3%BC%40x:%25%3a%2F@h, ü@x, %:/",
    "esdb://ü:€@h, ü, €",
    "esdb://u+v:p+q@h, u+v, p+q",
    "esdb://u:p/q@h/, u, p/q",
    "esdb://u%20v:p@h, u v, p",
  })
  void user_and_password_are_decoded(String text, String user, String password) {
    assertThat(ConnectionString.parse(text).credentials())
        .contains(new Credentials(user, password));
    assertThat(ConnectionString.parse(text).seeds()).containsExactly(new Seed("h", 2113));
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "localhost | begins with a scheme",
        "'' | begins with a scheme",
        "esdb:localhost | begins with a scheme",
        "http://h | begins with esdb, kurrentdb, kdb, kurrent, leftfold (each may be followed by +discover), got \"http\"",
        "esbd://h | did you mean \"esdb\"?",
        "kurentdb+discover://h | did you mean \"kurrentdb\"?",
        "esdb+discovery://h | got \"esdb+discovery\"",
        "esdb:// | names at least one host, got none",
        "esdb://?tls=false | names at least one host",
        "esdb://u:p@ | names at least one host",
        "esdb://a,,b | got an empty one",
        "esdb://a, | got an empty one",
        "esdb://:2113 | got an empty one",
        "esdb://h:0 | ports from 1 to 65535, got 0 for h",
        "esdb://h:65536 | got 65536 for h",
        "esdb://h: | a port of digits after the host h",
        "esdb://h:21x | a port of digits after the host h",
        "esdb://h:-1 | a port of digits",
        "esdb://h:99999999999 | a port of digits",
        "esdb://::1:2113 | write an IPv6 address in brackets",
        "esdb://[::1 | an IPv6 address between brackets",
        "esdb://[h]:1 | an IPv6 address between brackets",
        "esdb://[::1]x | a port of digits after the host ::1",
        "esdb://h/streams | has no path after the hosts, got \"/streams\"",
        "esdb://h//?tls=false | has no path",
        "esdb://h h | host names of letters",
        "esdb://user@h | has user:password before \"@\", got no \":\"",
        "esdb://:p@h | got no user",
        "esdb://u:%4@h | The password has a \"%\" without two hexadecimal digits",
        "esdb://u:%zz@h | The password has a \"%\"",
        "esdb://u:p%@h | The password has a \"%\"",
        "esdb://u%ff:p@h | The user decodes to bytes that are not UTF-8",
        "esdb://h?tls | name=value separated by \"&\", got \"tls\"",
        "esdb://h?=false | got \"=false\"",
        "esdb://h?tls= | a value for tls",
        "esdb://h?tls=no | true or false for tls, got \"no\"",
        "esdb://h?tls=false&TLS=false | each parameter once, got tls twice",
        "esdb://h?tsl=false | has no parameter \"tsl\"; did you mean \"tls\"?",
        "esdb://h?tlsVerfyCert=false | did you mean \"tlsVerifyCert\"?",
        "esdb://h?deadline=1 | has no parameter \"deadline\"; it has tls, tlsVerifyCert",
        "esdb://h?KEEPALIVEINTERVALL=1 | did you mean \"keepAliveInterval\"?",
        "esdb://h?defaultDeadline=0 | a whole number from 1 to 999999999 for defaultDeadline, got \"0\"",
        "esdb://h?defaultDeadline=-1 | got \"-1\"",
        "esdb://h?defaultDeadline=1s | got \"1s\"",
        "esdb://h?defaultDeadline=9999999999999 | for defaultDeadline",
        "esdb://h?keepAliveInterval=-2 | from -1 to",
        "esdb://h?keepAliveTimeout=x | for keepAliveTimeout",
        "esdb://h?maxDiscoverAttempts=x | for maxDiscoverAttempts",
        "esdb://h?discoveryInterval=-1 | for discoveryInterval",
        "esdb://h?gossipTimeout=x | for gossipTimeout",
        "esdb://h?throwOnAppendFailure=1 | for throwOnAppendFailure",
        "esdb://h?dnsDiscover=1 | for dnsDiscover",
        "esdb://h?nodePreference=folower | got \"folower\"; did you mean \"follower\"?",
        "esdb://h?userCertFile=c | got userCertFile alone",
        "esdb://h?userKeyFile=k | got userKeyFile alone",
        "esdb://h?connectionName=%0a | connectionName of printable ASCII",
        "esdb://h?connectionName=%f | Parameter connectionName has a \"%\"",
      })
  void what_is_wrong_is_said(String text, String finding) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConnectionString.parse(text))
        .withMessageContaining(finding);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "esdb://u:secret",
        "esdb://u:secret@",
        "esdb://u:sec?ret@h",
        "esdb://u:12?secret@h",
        "esdb://u:secret@h:x",
        "esdb://u:se%cret@h",
        "esdb://u:secret@h/path",
        "esdb://u:secret@h?tsl=false",
        "sedb://u:secret@h",
        "esdb:u:secret@h",
        "u:secret@h",
      })
  void a_message_never_repeats_a_password(String text) {
    assertThatIllegalArgumentException()
        .isThrownBy(() -> ConnectionString.parse(text))
        .satisfies(error -> assertThat(error.getMessage()).doesNotContain("secret", "sec", "ret@"));
  }

  @Test
  void a_connection_string_is_printed_without_its_password() {
    assertThat(ConnectionString.parse("esdb://u:secret@h").toString())
        .contains("u:***")
        .doesNotContain("secret");
  }

  @Test
  void a_seed_is_printed_as_it_is_written() {
    assertThat(new Seed("h", 1)).hasToString("h:1");
    assertThat(new Seed("::1", 1)).hasToString("[::1]:1");
    assertThat(ConnectionString.parse("esdb://[fe80::1%eth0]:9,1.2.3.4").seeds())
        .allSatisfy(seed ->
            assertThat(ConnectionString.parse("esdb://" + seed).seeds()).containsExactly(seed));
  }

  @RepeatedTest(300)
  void any_text_is_a_connection_string_or_an_illegal_argument(RepetitionInfo repetition) {
    var random = new Random(repetition.getCurrentRepetition());
    var text = new StringBuilder("esdb://u:p@one:1,[::1]:2/?tls=false&defaultDeadline=7");
    for (var i = random.nextInt(1, 6); i > 0; i--) {
      var at = random.nextInt(text.length());
      var sign = SIGNS.charAt(random.nextInt(SIGNS.length()));
      switch (random.nextInt(3)) {
        case 0 -> text.deleteCharAt(at);
        case 1 -> text.insert(at, sign);
        default -> text.setCharAt(at, sign);
      }
    }
    try {
      assertThat(ConnectionString.parse(text.toString()).seeds()).as("%s", text).isNotEmpty();
    } catch (IllegalArgumentException e) {
      assertThat(e).as("%s", text).hasMessageContaining("connection string");
    }
  }
}
