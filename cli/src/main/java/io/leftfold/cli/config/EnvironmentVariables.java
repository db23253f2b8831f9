// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.config;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.regex.Pattern;

/// The variables of the environment that are options.
final class EnvironmentVariables {

  private static final String OURS = "LEFTFOLD_";
  private static final List<String> THEIRS = List.of("KURRENTDB_", "EVENTSTORE_");

  /// Read by the launcher.
  private static final Set<String> NO_OPTIONS =
      Set.of("LEFTFOLD_JAVA_OPTS", "LEFTFOLD_NO_AOT", "LEFTFOLD_LAUNCHER");

  /// What Kubernetes tells every container about a service with a name like ours.
  private static final Pattern OF_A_SERVICE =
      Pattern.compile(
          "[A-Z]+_(.*_)?(SERVICE_HOST|SERVICE_PORT(_.*)?|PORT_[0-9]+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?)");

  private EnvironmentVariables() {}

  static void takeInto(Configuration.Gathering gathering, Map<String, String> environment) {
    var sorted = new TreeMap<>(environment);
    for (var variable : sorted.tailMap(OURS).entrySet()) {
      if (variable.getKey().startsWith(OURS) && isOption(variable.getKey(), variable.getValue())) {
        takeOurs(gathering, variable.getKey(), variable.getValue());
      }
    }
    for (var prefix : THEIRS) {
      sorted.forEach((name, value) -> {
        if (name.startsWith(prefix) && isOption(name, value)) {
          var known =
              Counterparts.keys().stream().map(key -> prefix + Counterparts.variable(key)).toList();
          gathering.takeTheirs(
              name.substring(prefix.length()), value, new Origin.Variable(name), name, known);
        }
      });
    }
  }

  private static boolean isOption(String name, String value) {
    return !value.isEmpty()
        && !NO_OPTIONS.contains(name)
        && !OF_A_SERVICE.matcher(name).matches()
        && !(name.endsWith("_PORT") && value.matches("(tcp|udp|sctp)://.*"));
  }

  private static void takeOurs(Configuration.Gathering gathering, String name, String value) {
    Arrays.stream(ServerOption.values())
        .filter(option -> option.variable().equals(name))
        .findFirst()
        .ifPresentOrElse(
            option -> gathering.take(option, value, new Origin.Variable(name)),
            () ->
                gathering.problem(
                    name,
                    Names.unknown(
                        name,
                        Arrays.stream(ServerOption.values())
                            .map(ServerOption::variable)
                            .toList())));
  }
}
