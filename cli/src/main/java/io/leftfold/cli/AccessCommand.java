// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamName;
import io.leftfold.cli.output.Printable;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;

/// Tells who may do what on a server.
@Command(
    name = "access",
    header = "Explain who may do what on a server.",
    synopsisHeading = "%nUsage: ",
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "explain",
    footerHeading = "%nFor example:%n",
    footer =
        "  leftfold access explain jo read account-7 -c 'kurrentdb://admin@127.0.0.1:2113?tlsCaFile=ca.crt'")
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class AccessCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(spec.commandLine(), "What about access? Name explain");
  }

  /// What can be done with a stream, in the words of the command line.
  enum Action {
    READ(Acl.Action.READ),
    WRITE(Acl.Action.WRITE),
    DELETE(Acl.Action.DELETE),
    METAREAD(Acl.Action.READ_METADATA),
    METAWRITE(Acl.Action.WRITE_METADATA);

    private final Acl.Action meaning;

    Action(Acl.Action meaning) {
      this.meaning = meaning;
    }
  }

  /// Explains one right.
  @Command(
      name = "explain",
      header = "Tell whether a user may do something with a stream, and why.",
      description = {
        "The exit code is 0 whether it is granted or not; --json has the answer as a word.",
        "For administrators."
      },
      synopsisHeading = "%nUsage: ",
      descriptionHeading = "%n",
      optionListHeading = "%nOptions:%n",
      parameterListHeading = "%n")
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  static final class Explain implements Callable<Integer> {

    @Parameters(index = "0", paramLabel = "<user>", description = "The login; '' for nobody.")
    private String user;

    @Parameters(
        index = "1",
        paramLabel = "<action>",
        description = "read, write, delete, metaread or metawrite.")
    private Action action;

    @Parameters(
        index = "2",
        paramLabel = "<stream>",
        description = "The stream; $all for reading all, $dcb for asking by type and tag.")
    private String stream;

    @Option(names = "--json", description = "Show one JSON object.")
    private boolean json;

    @Mixin private ServerOption server;

    private final Shell shell;

    Explain(Shell shell) {
      this.shell = shell;
    }

    @Override
    public Integer call() {
      try (var users = server.open(shell)) {
        var explanation = users.explain(user, action.meaning, StreamName.of(stream));
        if (json) {
          var node = JsonMapper.shared().createObjectNode();
          node.put("granted", explanation.granted());
          node.put("explanation", explanation.sentence());
          shell.out().println(JsonMapper.shared().writeValueAsString(node));
        } else {
          shell.out().println(Printable.of(explanation.sentence()) + ".");
        }
      }
      return ExitCode.OK;
    }
  }
}
