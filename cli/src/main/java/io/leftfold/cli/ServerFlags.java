// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.config.Configuration;
import io.leftfold.cli.config.ConfigurationException;
import io.leftfold.cli.config.Kind;
import io.leftfold.cli.config.ServerOption;
import io.leftfold.cli.output.Printable;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;

/// The options of a server as flags of a command.
final class ServerFlags {

  private static final Map<ServerOption, String> SHORT =
      Map.of(ServerOption.DATA, "-d", ServerOption.PORT, "-p");

  private ServerFlags() {}

  /// A command with all of them.
  static CommandLine on(Object command) {
    var line = new CommandLine(command);
    var order = 0;
    for (var option : ServerOption.values()) {
      line.getCommandSpec().addOption(flag(option, order++));
    }
    return line;
  }

  private static OptionSpec flag(ServerOption option, int order) {
    var names =
        Optional.ofNullable(SHORT.get(option))
            .map(name -> new String[] {name, option.flag()})
            .orElseGet(() -> new String[] {option.flag()});
    var builder =
        OptionSpec.builder(names)
            .type(String.class)
            .order(order)
            .description(description(option).replace("%", "%%"));
    return option.kind() instanceof Kind.Flag
        ? builder.arity("0..1").fallbackValue("true").hideParamSyntax(true).paramLabel("").build()
        : builder.paramLabel(option.kind().label()).build();
  }

  private static String description(ServerOption option) {
    return option.kind() instanceof Kind.Flag || option.defaultValue().isEmpty()
        ? option.description()
        : "%s Default: %s.".formatted(option.description(), option.defaultValue());
  }

  /// What holds for a command that was called with some of them.
  ///
  /// @throws CommandFailedException after it has said what is wrong
  static Configuration configuration(CommandLine command, Shell shell) {
    var flags = new EnumMap<ServerOption, String>(ServerOption.class);
    for (var option : ServerOption.values()) {
      var matched = command.getParseResult().matchedOption(option.flag());
      if (matched != null) {
        flags.put(option, matched.getValue());
      }
    }
    try {
      var configuration = Configuration.of(flags, shell.environment(), shell.directory());
      for (var warning : configuration.warnings()) {
        shell.err().println(shell.style().warning("WARNING: ") + Printable.of(warning));
      }
      return configuration;
    } catch (ConfigurationException e) {
      var problems = e.problems();
      for (var problem : problems.subList(0, problems.size() - 1)) {
        shell.err().println("leftfold: " + Printable.of(problem));
      }
      throw new CommandFailedException(ExitCode.USAGE, problems.getLast());
    }
  }
}
