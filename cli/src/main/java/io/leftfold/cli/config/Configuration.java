// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.config;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// What holds for each option of a server, and who says so: flags win over the environment, the
/// environment over the file, the file over the defaults.
public final class Configuration {

  /// The file that is read when none is named, in the directory where the command runs.
  public static final Path DEFAULT_FILE = Path.of("leftfold.yaml");

  private final Map<ServerOption, Setting> settings;
  private final List<String> warnings;

  private Configuration(Map<ServerOption, Setting> settings, List<String> warnings) {
    this.settings = settings;
    this.warnings = List.copyOf(warnings);
  }

  /// Puts the sources on top of each other.
  ///
  /// @param flags of the command line
  /// @param environment of the process; what does not begin with `LEFTFOLD_`, `KURRENTDB_` or
  ///   `EVENTSTORE_` is somebody else's
  /// @param directory what the name of the file is relative to
  /// @return what holds
  /// @throws ConfigurationException if something is unknown, contradicts itself, or is no value; it
  ///   tells all of that
  public static Configuration of(
      Map<ServerOption, String> flags, Map<String, String> environment, Path directory)
      throws ConfigurationException {
    var gathering = new Gathering();
    flags.forEach((option, value) -> gathering.take(option, value, new Origin.Flag(option.flag())));
    EnvironmentVariables.takeInto(gathering, environment);
    readFile(gathering, directory);
    var settings = gathering.finish();
    return new Configuration(settings, gathering.warnings());
  }

  private static void readFile(Gathering gathering, Path directory) throws ConfigurationException {
    var named = gathering.given(ServerOption.CONFIG).map(setting -> Path.of(setting.value()));
    if (named.isEmpty() && !Files.exists(directory.resolve(DEFAULT_FILE))) {
      return;
    }
    var name = named.orElse(DEFAULT_FILE);
    for (var entry : YamlFile.read(directory.resolve(name), name)) {
      gathering.takeLine(name, entry);
    }
  }

  /// What holds for all options.
  ///
  /// @return in the order of their definition
  public List<Setting> settings() {
    return Arrays.stream(ServerOption.values()).map(this::setting).toList();
  }

  /// What is odd, and does not stop a start.
  ///
  /// @return a sentence each
  public List<String> warnings() {
    return warnings;
  }

  /// What holds for an option.
  ///
  /// @param option which
  /// @return its value and where it came from
  public Setting setting(ServerOption option) {
    var setting = settings.get(option);
    return setting != null
        ? setting
        : new Setting(option, option.defaultValue(), new Origin.Default());
  }

  /// The value of an option, if it has one.
  ///
  /// @param option which
  /// @return empty for none
  public Optional<String> text(ServerOption option) {
    return Optional.of(setting(option).value()).filter(value -> !value.isEmpty());
  }

  /// The value of a flag.
  ///
  /// @param option which
  /// @return whether it is set
  public boolean isSet(ServerOption option) {
    return Boolean.parseBoolean(setting(option).value());
  }

  /// The value of a number.
  ///
  /// @param option which
  /// @return the number
  public long number(ServerOption option) {
    return Long.parseLong(setting(option).value());
  }

  /// The values of a list.
  ///
  /// @param option which
  /// @return without blanks around them
  public List<String> list(ServerOption option) {
    return Arrays.stream(setting(option).value().split(",", -1))
        .map(String::strip)
        .filter(value -> !value.isEmpty())
        .toList();
  }

  /// What the sources say, as it is gathered: the first that says something about an option wins.
  static final class Gathering {

    private final Map<ServerOption, Setting> settings = new EnumMap<>(ServerOption.class);
    private final List<String> problems = new ArrayList<>();
    private final List<String> passedOver = new ArrayList<>();

    void problem(Object place, String what) {
      problems.add("%s: %s".formatted(place, what));
    }

    Optional<Setting> given(ServerOption option) {
      return Optional.ofNullable(settings.get(option));
    }

    void takeLine(Path file, YamlFile.Entry entry) {
      var origin = new Origin.Line(file, entry.line(), entry.name());
      var place = file + ":" + entry.line();
      var option =
          Arrays.stream(ServerOption.values())
              .filter(candidate -> candidate.key().equals(entry.name()))
              .findFirst();
      if (option.filter(ServerOption.CONFIG::equals).isPresent()) {
        problem(place, "a file cannot name the file to read; say --config or LEFTFOLD_CONFIG");
      } else if (option.isPresent()) {
        take(option.get(), entry.value(), origin);
      } else {
        takeTheirs(entry.name(), entry.value(), origin, place, Names.keys());
      }
    }

    /// Takes what has the name of an option of KurrentDB.
    ///
    /// @param place to be said in messages
    /// @param known what else the name may have meant
    void takeTheirs(String name, String value, Origin origin, Object place, List<String> known) {
      switch (Counterparts.find(name).orElse(null)) {
        case Counterparts.Same(var option, var counterpart) ->
            take(option, counterpart.meaning(value), origin);
        case Counterparts.Harmless(_) -> passedOver.add(origin.toString());
        case Counterparts.Dangerous(var their, var harmless, var reason) -> {
          var off = name.toLowerCase(Locale.ROOT).endsWith("enabled") && value.equals("false");
          if (off || value.equalsIgnoreCase(harmless)) {
            passedOver.add(origin.toString());
          } else {
            problem(
                place,
                "%s has no counterpart here, and to pass it over could do harm: %s. Take it out to start all the same"
                    .formatted(their, reason));
          }
        }
        case null -> {
          var written = origin instanceof Origin.Variable(var variable) ? variable : name;
          problem(place, Names.unknown(written, known));
        }
      }
    }

    void take(ServerOption option, String value, Origin origin) {
      if (!option.kind().accepts(value)) {
        problem(
            origin,
            "%s %s, got \"%s\""
                .formatted(
                    option.key(), option.kind().expectation(), Setting.shown(option, value)));
        return;
      }
      var earlier = settings.get(option);
      if (earlier == null) {
        var setting = option.kind() instanceof Kind.Text ? value : value.toLowerCase(Locale.ROOT);
        settings.put(option, new Setting(option, setting, origin));
      } else if (earlier.origin().rank() == origin.rank() && !earlier.value().equals(value)) {
        problem(
            origin, "%s is given twice; the other is %s".formatted(option.key(), earlier.origin()));
      }
    }

    Map<ServerOption, Setting> finish() throws ConfigurationException {
      exclude(ServerOption.MEMORY, ServerOption.DATA, "a store is in memory or in a directory");
      exclude(
          ServerOption.MEMORY, ServerOption.BACKUPS, "a store in memory has no files to back up");
      for (var tls :
          List.of(
              ServerOption.TLS_CERTIFICATE,
              ServerOption.TLS_KEY,
              ServerOption.TLS_KEY_PASSWORD,
              ServerOption.TLS_NAMES)) {
        exclude(ServerOption.INSECURE, tls, "insecure is without TLS");
        exclude(ServerOption.DISABLE_TLS, tls, "disable-tls is without TLS");
      }
      takesCertificate(ServerOption.TLS_KEY, "tls-key is the key of a certificate");
      takesCertificate(
          ServerOption.TLS_KEY_PASSWORD, "tls-key-password is of the key of a certificate");
      if (!problems.isEmpty()) {
        throw new ConfigurationException(problems);
      }
      return settings;
    }

    /// A flag and what makes no sense with it: whoever has the last word decides, and nobody may
    /// say both.
    private void takesCertificate(ServerOption option, String what) {
      var setting = settings.get(option);
      if (setting != null && !settings.containsKey(ServerOption.TLS_CERTIFICATE)) {
        problem(setting.origin(), what + "; name that too, as tls-certificate");
      }
    }

    private void exclude(ServerOption flag, ServerOption other, String why) {
      var set = given(flag).filter(setting -> setting.value().equals("true"));
      var beside = given(other);
      if (set.isEmpty() || beside.isEmpty()) {
        return;
      }
      var ranks = Integer.compare(set.get().origin().rank(), beside.get().origin().rank());
      if (ranks == 0) {
        problem(
            set.get().origin(),
            "%s and %s (%s) exclude each other: %s"
                .formatted(flag.key(), other.key(), beside.get().origin(), why));
      } else {
        settings.remove(ranks > 0 ? other : flag);
      }
    }

    List<String> warnings() {
      var warnings = new ArrayList<String>();
      if (!passedOver.isEmpty()) {
        warnings.add(
            "These options of KurrentDB have no counterpart here and are passed over: "
                + String.join(", ", passedOver));
      }
      for (var setting : settings.values()) {
        if (setting.option().kind().isSecret() && setting.origin() instanceof Origin.Flag flag) {
          warnings.add(
              "%s: others on this machine can see it in the list of processes; %s or a file keeps it from them"
                  .formatted(flag, setting.option().variable()));
        }
      }
      return warnings;
    }
  }
}
