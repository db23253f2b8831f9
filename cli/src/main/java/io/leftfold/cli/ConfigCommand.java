// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.config.Setting;
import io.leftfold.cli.output.Printable;
import io.leftfold.cli.output.Table;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Shows what a server would be told.
@Command(
    name = "config",
    header = "Show what \"serve\" would be told, and by whom: flags, the environment, a file.",
    synopsisHeading = "%nUsage: ",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold config",
      "  leftfold config --config /etc/leftfold.yaml --port 2114",
      "  leftfold config --json",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class ConfigCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Option(names = "--json", description = "One JSON object a line.", order = 1000)
  private boolean json;

  private final Shell shell;

  ConfigCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() {
    var settings = ServerFlags.configuration(spec.commandLine(), shell).settings();
    if (json) {
      var mapper = JsonMapper.shared();
      for (var setting : settings) {
        var node = mapper.createObjectNode();
        node.put("option", setting.option().key());
        node.put("value", setting.shown());
        node.put("from", setting.origin().toString());
        shell.out().println(mapper.writeValueAsString(node));
      }
    } else {
      var table = new Table("option", "value", "from");
      for (Setting setting : settings) {
        table.row(
            setting.option().key(),
            Printable.of(setting.shown()),
            Printable.of(setting.origin().toString()));
      }
      shell.out().print(table.text(shell.style()));
    }
    return ExitCode.OK;
  }
}
