// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ConfigurationTest {

  private static final Map<ServerOption, String> NO_FLAGS = Map.of();
  private static final Map<String, String> NO_VARIABLES = Map.of();

  @TempDir private Path directory;

  private Configuration of(Map<ServerOption, String> flags, Map<String, String> environment)
      throws ConfigurationException {
    return Configuration.of(flags, environment, directory);
  }

  private void file(String text) throws IOException {
    Files.writeString(directory.resolve("leftfold.yaml"), text);
  }

  private List<String> problems(Map<ServerOption, String> flags, Map<String, String> environment) {
    return catchThrowableOfType(ConfigurationException.class, () -> of(flags, environment))
        .problems();
  }

  private String problemOfFile(String text) throws IOException {
    file(text);
    var problems = problems(NO_FLAGS, NO_VARIABLES);
    assertThat(problems).hasSize(1);
    return problems.getFirst();
  }

  @Test
  void nothing_said_is_the_defaults() throws Exception {
    var configuration = of(NO_FLAGS, Map.of("PATH", "/bin", "NODE_PORT", "7"));

    assertThat(configuration.settings())
        .hasSize(ServerOption.values().length)
        .allMatch(setting -> setting.origin().equals(new Origin.Default()));
    assertThat(configuration.number(ServerOption.PORT)).isEqualTo(2113);
    assertThat(configuration.isSet(ServerOption.INSECURE)).isFalse();
    assertThat(configuration.text(ServerOption.TLS_CERTIFICATE)).isEmpty();
    assertThat(configuration.warnings()).isEmpty();
  }

  @Test
  void flags_win_over_the_environment_and_that_over_the_file() throws Exception {
    file("# ports\nport: 1\nhost: file\nadvertise-host: file\n");

    var configuration =
        of(
            Map.of(ServerOption.PORT, "3"),
            Map.of("LEFTFOLD_PORT", "2", "LEFTFOLD_HOST", "environment"));

    assertThat(configuration.setting(ServerOption.PORT)).hasToString("port=3 (--port)");
    assertThat(configuration.setting(ServerOption.HOST))
        .hasToString("host=environment (LEFTFOLD_HOST)");
    assertThat(configuration.setting(ServerOption.ADVERTISE_HOST))
        .hasToString("advertise-host=file (leftfold.yaml:4 advertise-host)");
  }

  @ParameterizedTest
  @EnumSource(ServerOption.class)
  void each_option_is_understood_by_each_of_its_names(ServerOption option) throws Exception {
    if (option == ServerOption.CONFIG) {
      return;
    }
    var value =
        switch (option.kind()) {
          case Kind.Flag() -> "true";
          case Kind.Text(_, _) -> "some";
          case Kind.Whole(_, _, var most) -> Long.toString(Math.min(4321, most - 1));
          case Kind.OneOf(var words) -> words.getLast();
        };
    var beside =
        option == ServerOption.TLS_KEY || option == ServerOption.TLS_KEY_PASSWORD
            ? Map.of(ServerOption.TLS_CERTIFICATE, "c")
            : NO_FLAGS;
    assertThat(of(beside, Map.of(option.variable(), value)).setting(option).value())
        .isEqualTo(value);
    file(option.key() + ": " + value + "\n");
    assertThat(of(beside, NO_VARIABLES).setting(option).value()).isEqualTo(value);
    for (var counterpart : option.counterparts()) {
      var theirs =
          counterpart.meanings().entrySet().stream()
              .filter(meaning -> meaning.getValue().equals(value))
              .map(Map.Entry::getKey)
              .findFirst()
              .orElse(value);
      file(counterpart.name() + ": " + theirs + "\n");
      assertThat(of(beside, NO_VARIABLES).setting(option).value()).isEqualTo(value);
      Files.delete(directory.resolve("leftfold.yaml"));
      for (var prefix : List.of("KURRENTDB_", "EVENTSTORE_")) {
        var name = prefix + Counterparts.variable(counterpart.name());
        assertThat(of(beside, Map.of(name, theirs)).setting(option))
            .isEqualTo(new Setting(option, value, new Origin.Variable(name)));
      }
    }
  }

  @Test
  void names_of_kurrentdb_are_what_its_documentation_says() {
    assertThat(Counterparts.variable("MemDb")).isEqualTo("MEM_DB");
    assertThat(Counterparts.variable("CertificatePrivateKeyFile"))
        .isEqualTo("CERTIFICATE_PRIVATE_KEY_FILE");
    assertThat(Counterparts.variable("NodePort")).isEqualTo("NODE_PORT");
  }

  @ParameterizedTest
  @CsvSource({
    "Default,     info",
    "Verbose,     trace",
    "Debug,       debug",
    "Information, info",
    "Warning,     warn",
    "Error,       error",
    "Fatal,       error"
  })
  void the_levels_of_its_log_are_understood(String theirs, String ours) throws Exception {
    var configuration =
        of(
            NO_FLAGS,
            Map.of("EVENTSTORE_LOG_LEVEL", theirs, "KURRENTDB_LOG_CONSOLE_FORMAT", "Plain"));

    assertThat(configuration.setting(ServerOption.LOG_LEVEL).value()).isEqualTo(ours);
    assertThat(configuration.setting(ServerOption.LOG_FORMAT).value()).isEqualTo("text");
    assertThat(configuration.warnings()).isEmpty();
  }

  @Test
  void a_file_of_kurrentdb_is_read_with_or_without_what_is_around_it() throws Exception {
    file(
        """
        ---
        KurrentDB:
          Db: /var/lib/kurrentdb
          NodePort: 2114
          StatsPeriodSec: 30
          Licensing: {LicenseKey: abc}
        ClusterSize: 1
        """);

    var configuration = of(NO_FLAGS, NO_VARIABLES);

    assertThat(configuration.setting(ServerOption.DATA).value()).isEqualTo("/var/lib/kurrentdb");
    assertThat(configuration.number(ServerOption.PORT)).isEqualTo(2114);
    assertThat(configuration.warnings()).hasSize(1);
    assertThat(configuration.warnings().getFirst())
        .contains("passed over: leftfold.yaml:5 StatsPeriodSec, leftfold.yaml:6 Licensing:");
  }

  /// Names of versions 4 to 26 that somebody's file may have.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "AlwaysKeepScavenged: true",
        "DisableFirstLevelHttpAuthorization: true",
        "OptimizeIndexMerge: true",
        "AddInterfacePrefixes: false",
        "ExtHttpPrefixes: http://*:2113/",
        "StructuredLog: true",
        "OverrideAnonymousEndpointAccessForGossip: true",
        "SkipDbVerify: true"
      })
  void what_changes_nothing_is_passed_over_with_a_warning(String line) throws Exception {
    file(line + "\n");

    assertThat(of(NO_FLAGS, NO_VARIABLES).warnings())
        .singleElement()
        .asString()
        .contains("passed over");
  }

  @Test
  void names_of_earlier_versions_mean_what_they_meant() throws Exception {
    file(
        """
        ExtIp: 0.0.0.0
        ExtHttpPort: 2114
        ExtIpAdvertiseAs: db.example
        ExtHttpPortAdvertiseAs: 443
        """);

    var configuration = of(NO_FLAGS, NO_VARIABLES);

    assertThat(configuration.setting(ServerOption.HOST).value()).isEqualTo("0.0.0.0");
    assertThat(configuration.number(ServerOption.PORT)).isEqualTo(2114);
    assertThat(configuration.setting(ServerOption.ADVERTISE_HOST).value()).isEqualTo("db.example");
    assertThat(configuration.number(ServerOption.ADVERTISE_PORT)).isEqualTo(443);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EnableExternalTcp: true\nNodeTcpPort: 1114\nNodeHeartbeatInterval: 700\n",
        "TcpPlugin: {EnableExternalTcp: true, NodeTcpPort: 1114, NodeHeartbeatInterval: 700}\n",
        "EventStore:\n  TcpPlugin:\n    EnableExternalTcp: true\n    NodeTcpPort: 1114\n    NodeHeartbeatInterval: 700\n"
      })
  void the_old_tcp_protocol_is_enabled_by_the_names_of_each_version(String lines) throws Exception {
    file(lines);

    var configuration = of(NO_FLAGS, NO_VARIABLES);

    assertThat(configuration.isSet(ServerOption.TCP)).isTrue();
    assertThat(configuration.number(ServerOption.TCP_PORT)).isEqualTo(1114);
    assertThat(configuration.number(ServerOption.TCP_HEARTBEAT_INTERVAL)).isEqualTo(700);
    assertThat(configuration.warnings()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          OpenTelemetry: {Otlp: {Endpoint: http://c:4317}}| say otlp
          OverrideAnonymousEndpointAccessForGossip: false | gossip
          """)
  void who_relies_on_what_is_not_here_is_told_at_the_start(String line, String reason)
      throws Exception {
    assertThat(problemOfFile(line + "\n")).contains("has no counterpart here").contains(reason);
  }

  @Test
  void what_could_do_harm_when_passed_over_stops() throws Exception {
    assertThat(problemOfFile("ClusterSize: 3\n"))
        .startsWith("leftfold.yaml:1: ClusterSize has no counterpart here")
        .contains("single node");
    assertThat(problemOfFile("OAuth:\n  Audience: a\n")).startsWith("leftfold.yaml:2: OAuth has");
    assertThat(problemOfFile("EventStore:\n  LdapsAuth: {Host: h}\n")).contains("LdapsAuth");
    Files.delete(directory.resolve("leftfold.yaml"));
    assertThat(
            problems(
                NO_FLAGS,
                Map.of(
                    "KURRENTDB_CLUSTER_SIZE", "3",
                    "EVENTSTORE_AUTHENTICATION_TYPE", "ldaps",
                    "KURRENTDB__OAUTH__AUDIENCE", "a",
                    "KURRENTDB_TRANSFORM", "aes-gcm",
                    "KURRENTDB_CERTIFICATE_PRIVATE_KEY_PASSWORD", "secret")))
        .hasSize(5)
        .noneMatch(problem -> problem.contains("secret"));
    file("UserCertificates:\n  Enabled: false\nTransform: identity\n");
    assertThat(of(NO_FLAGS, NO_VARIABLES).warnings()).hasSize(1);
  }

  @ParameterizedTest
  @CsvSource({
    "prot, port",
    "Port, port",
    "tls-certificat, tls-certificate",
    "NodePrt, NodePort",
    "dta, data"
  })
  void an_unknown_key_is_told_with_its_line_and_the_nearest_one(String wrong, String right)
      throws Exception {
    assertThat(problemOfFile("host: a\n\n" + wrong + ": 1\n"))
        .isEqualTo(
            "leftfold.yaml:3: there is no option \"%s\"; did you mean \"%s\"?"
                .formatted(wrong, right));
  }

  @ParameterizedTest
  @CsvSource({
    "LEFTFOLD_PROT, LEFTFOLD_PORT",
    "LEFTFOLD_TLS_CERT_IFICATE, LEFTFOLD_TLS_CERTIFICATE",
    "KURRENTDB_NODE_PROT, KURRENTDB_NODE_PORT",
    "EVENTSTORE_MEMDBB, EVENTSTORE_MEM_DB"
  })
  void an_unknown_variable_is_told_with_the_nearest_one(String wrong, String right) {
    assertThat(problems(NO_FLAGS, Map.of(wrong, "1")))
        .containsExactly(
            "%s: there is no option \"%s\"; did you mean \"%s\"?".formatted(wrong, wrong, right));
  }

  @Test
  void variables_of_the_launcher_and_of_kubernetes_are_no_options() throws Exception {
    var configuration =
        of(
            NO_FLAGS,
            Map.of(
                "LEFTFOLD_JAVA_OPTS", "-Xmx1g",
                "LEFTFOLD_NO_AOT", "1",
                "LEFTFOLD_PORT", "tcp://10.0.0.1:2113",
                "LEFTFOLD_SERVICE_HOST", "10.0.0.1",
                "LEFTFOLD_SERVICE_PORT_GRPC", "2113",
                "LEFTFOLD_PORT_2113_TCP_ADDR", "10.0.0.1",
                "KURRENTDB_NODES_PORT_2113_TCP", "tcp://10.0.0.1:2113",
                "LEFTFOLD_HOST", ""));

    assertThat(configuration.settings())
        .allMatch(setting -> setting.origin() instanceof Origin.Default);
  }

  @Test
  void a_value_that_is_none_is_told_with_what_it_must_be() throws Exception {
    assertThat(problemOfFile("port: many\n"))
        .isEqualTo("leftfold.yaml:1 port: port is a number from 0 to 65535, got \"many\"");
    Files.delete(directory.resolve("leftfold.yaml"));
    assertThat(
            problems(
                Map.of(ServerOption.DURABILITY, "none", ServerOption.PORT, "70000"),
                Map.of("LEFTFOLD_INSECURE", "yes")))
        .containsExactlyInAnyOrder(
            "--durability: durability is fsync or os, got \"none\"",
            "--port: port is a number from 0 to 65535, got \"70000\"",
            "LEFTFOLD_INSECURE: insecure is true or false, got \"yes\"");
    assertThat(of(Map.of(ServerOption.INSECURE, "TRUE"), NO_VARIABLES).isSet(ServerOption.INSECURE))
        .isTrue();
  }

  @Test
  void the_same_said_twice_in_one_place_must_be_the_same() throws Exception {
    assertThat(problemOfFile("port: 1\nNodePort: 2\n"))
        .isEqualTo(
            "leftfold.yaml:2 NodePort: port is given twice; the other is leftfold.yaml:1 port");
    assertThat(problemOfFile("port: 1\nport: 2\n")).contains("given twice");
    file("port: 1\nNodePort: 1\n");
    assertThat(of(NO_FLAGS, NO_VARIABLES).number(ServerOption.PORT)).isEqualTo(1);
    assertThat(problems(NO_FLAGS, Map.of("LEFTFOLD_PORT", "1", "KURRENTDB_NODE_PORT", "2")))
        .hasSize(1);
  }

  @Test
  void what_excludes_each_other_is_decided_by_who_has_the_last_word() throws Exception {
    assertThat(problems(Map.of(ServerOption.MEMORY, "true", ServerOption.DATA, "d"), NO_VARIABLES))
        .containsExactly(
            "--memory: memory and data (--data) exclude each other: a store is in memory or in a directory");
    file("data: d\ntls-certificate: c\n");
    var memory =
        of(Map.of(ServerOption.MEMORY, "true", ServerOption.INSECURE, "true"), NO_VARIABLES);
    assertThat(memory.isSet(ServerOption.MEMORY)).isTrue();
    assertThat(memory.text(ServerOption.TLS_CERTIFICATE)).isEmpty();
    file("memory: true\n");
    var data = of(Map.of(ServerOption.DATA, "d"), NO_VARIABLES);
    assertThat(data.isSet(ServerOption.MEMORY)).isFalse();
    assertThat(problemOfFile("tls-key: k\n")).contains("name that too, as tls-certificate");
  }

  @Test
  void the_password_of_a_key_is_never_shown() throws Exception {
    var flags = Map.of(ServerOption.TLS_CERTIFICATE, "c");
    var setting =
        of(flags, Map.of("KURRENTDB_CERTIFICATE_PRIVATE_KEY_PASSWORD", "hunter2"))
            .setting(ServerOption.TLS_KEY_PASSWORD);

    assertThat(setting.value()).isEqualTo("hunter2");
    assertThat(setting.shown()).isEqualTo("********");
    assertThat(setting.toString()).doesNotContain("hunter2");
    assertThat(problemOfFile("tls-key-password: hunter2\n"))
        .contains("name that too, as tls-certificate")
        .doesNotContain("hunter2");
  }

  @Test
  void passwords_are_never_shown_and_flags_with_them_are_warned_of() throws Exception {
    var configuration = of(Map.of(ServerOption.DEFAULT_ADMIN_PASSWORD, "hunter2"), NO_VARIABLES);

    var setting = configuration.setting(ServerOption.DEFAULT_ADMIN_PASSWORD);
    assertThat(setting.value()).isEqualTo("hunter2");
    assertThat(setting.shown()).isEqualTo("********");
    assertThat(setting.toString()).doesNotContain("hunter2");
    assertThat(configuration.warnings()).hasSize(1);
    assertThat(configuration.warnings().getFirst())
        .contains("--default-admin-password", "LEFTFOLD_DEFAULT_ADMIN_PASSWORD")
        .doesNotContain("hunter2");
    assertThat(of(NO_FLAGS, Map.of("LEFTFOLD_DEFAULT_ADMIN_PASSWORD", "hunter2")).warnings())
        .isEmpty();
    assertThat(
            problems(
                Map.of(ServerOption.DEFAULT_ADMIN_PASSWORD, ""),
                Map.of(
                    "LEFTFOLD_DEFAULT_OPS_PASSWORD", "one",
                    "KURRENTDB_DEFAULT_OPS_PASSWORD", "other")))
        .hasSize(2)
        .noneMatch(problem -> problem.contains("one\"") || problem.contains("\"other"));
  }

  @Test
  void another_file_is_read_when_one_is_named_and_must_be_there() throws Exception {
    file("port: 1\n");
    Files.writeString(directory.resolve("other.yaml"), "port: 2\n");

    for (var configuration :
        List.of(
            of(Map.of(ServerOption.CONFIG, "other.yaml"), NO_VARIABLES),
            of(NO_FLAGS, Map.of("KURRENTDB_CONFIG", "other.yaml")))) {
      assertThat(configuration.number(ServerOption.PORT)).isEqualTo(2);
    }
    assertThat(problems(Map.of(ServerOption.CONFIG, "none.yaml"), NO_VARIABLES))
        .containsExactly("There is no file none.yaml");
    assertThat(problemOfFile("config: other.yaml\n")).contains("cannot name the file to read");
  }

  @Test
  void what_is_not_a_file_of_options_is_told_with_its_line() throws Exception {
    assertThat(problemOfFile("port: 1\n  - x: [\n"))
        .startsWith("leftfold.yaml:2: this is not YAML");
    assertThat(problemOfFile("- port\n")).startsWith("leftfold.yaml:1: here stand lines like");
    assertThat(problemOfFile("? [a]\n: 1\n")).contains("this is not YAML");
    assertThat(problemOfFile("tls-names: [{a: b}]\n")).contains("a list holds words here");
    assertThat(problemOfFile("port: {a: 1}\n")).contains("there is no option \"port:a\"");
    assertThat(problemOfFile("a: &a {b: *a}\n")).startsWith("leftfold.yaml");
    Files.write(directory.resolve("leftfold.yaml"), new byte[] {(byte) 0xFF, (byte) 0xFE, 0});
    assertThatThrownBy(() -> of(NO_FLAGS, NO_VARIABLES))
        .isInstanceOf(ConfigurationException.class)
        .hasMessageContaining("not a text in UTF-8");
  }

  @Test
  void a_list_is_a_list_or_words_with_commas() throws Exception {
    file("tls-names:\n  - db.example\n  - 10.0.0.7\n");
    assertThat(of(NO_FLAGS, NO_VARIABLES).list(ServerOption.TLS_NAMES))
        .containsExactly("db.example", "10.0.0.7");
    assertThat(
            of(Map.of(ServerOption.TLS_NAMES, " a, b,,c "), NO_VARIABLES)
                .list(ServerOption.TLS_NAMES))
        .containsExactly("a", "b", "c");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "# nothing\n"})
  void an_empty_file_says_nothing(String text) throws Exception {
    file(text);
    assertThat(of(NO_FLAGS, NO_VARIABLES).settings())
        .allMatch(setting -> setting.origin() instanceof Origin.Default);
  }
}
