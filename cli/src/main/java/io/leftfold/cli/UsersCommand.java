// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.cli.output.Printable;
import io.leftfold.cli.output.Table;
import io.leftfold.client.ConnectionString;
import io.leftfold.client.RemoteUsers;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// Looks after the users of a server.
@Command(
    name = "users",
    header = "List, make and change the users of a server.",
    description =
        "Passwords come from LEFTFOLD_PASSWORD (of whoever asks) and LEFTFOLD_NEW_PASSWORD (that a user is to get), or are asked for; piped in, each is a line.",
    synopsisHeading = "%nUsage: ",
    descriptionHeading = "%n",
    commandListHeading = "%nCommands:%n",
    synopsisSubcommandLabel = "list|show|create|update|delete|enable|disable|passwd|token",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold users list -c 'kurrentdb://admin@127.0.0.1:2113?tlsCaFile=ca.crt'",
      "  leftfold users create jo --group accounting -c 'kurrentdb://admin@127.0.0.1:2113?tlsCaFile=ca.crt'",
      "  leftfold users passwd admin -c 'kurrentdb://admin@127.0.0.1:2113?tlsCaFile=ca.crt'"
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class UsersCommand implements Callable<Integer> {

  @Spec private CommandSpec spec;

  @Override
  public Integer call() {
    throw new ParameterException(
        spec.commandLine(),
        "What about users? Name one of list, show, create, update, delete, enable, disable, passwd, token");
  }

  /// With its own commands.
  static CommandLine with(Shell shell) {
    return new CommandLine(new UsersCommand())
        .addSubcommand(new ListAll(shell))
        .addSubcommand(new Show(shell))
        .addSubcommand(new Create(shell))
        .addSubcommand(new Update(shell))
        .addSubcommand(new Delete(shell))
        .addSubcommand(new Enable(shell))
        .addSubcommand(new Disable(shell))
        .addSubcommand(new Password(shell))
        .addSubcommand(new Token(shell));
  }

  /// What all of them have: a server.
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  abstract static class OnServer implements Callable<Integer> {
    @Mixin private ServerOption server;

    final Shell shell;

    OnServer(Shell shell) {
      this.shell = shell;
    }

    abstract void run(RemoteUsers users, ConnectionString connection);

    @Override
    public Integer call() {
      var connection = server.connection(shell);
      try (var users = RemoteUsers.connect(connection)) {
        run(users, connection);
      }
      return ExitCode.OK;
    }

    void say(String what, String user) {
      shell.out().println("%s %s.".formatted(what, Printable.of(user)));
    }

    static ObjectNode json(RemoteUsers.User user) {
      var node = JsonMapper.shared().createObjectNode();
      node.put("login", user.name());
      node.put("full-name", user.fullName());
      user.groups().forEach(node.putArray("groups")::add);
      node.put("disabled", user.disabled());
      node.put("changed", user.changed().toString());
      return node;
    }
  }

  /// Of one user.
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  abstract static class OfUser extends OnServer {
    @Parameters(index = "0", paramLabel = "<login>", description = "Which user.")
    String login;

    OfUser(Shell shell) {
      super(shell);
    }
  }

  /// Lists users.
  @Command(name = "list", header = "List all users.")
  static final class ListAll extends OnServer {
    @Option(names = "--json", description = "Show a JSON object for each.")
    private boolean json;

    ListAll(Shell shell) {
      super(shell);
    }

    @Override
    void run(RemoteUsers users, ConnectionString connection) {
      var all = users.all();
      if (json) {
        all.forEach(user -> shell.out().println(json(user)));
        return;
      }
      var table = new Table("login", "name", "groups", "state", "changed");
      all.forEach(user ->
          table.row(
              Printable.of(user.name()),
              Printable.of(user.fullName()),
              Printable.of(String.join(", ", user.groups())),
              user.disabled() ? "disabled" : "enabled",
              user.changed().toString()));
      shell.out().print(table.text(shell.style()));
    }
  }

  /// Shows a user.
  @Command(name = "show", header = "Show one user as JSON.")
  static final class Show extends OfUser {
    Show(Shell shell) {
      super(shell);
    }

    @Override
    void run(RemoteUsers users, ConnectionString connection) {
      shell.out().println(json(users.user(login)));
    }
  }

  /// Makes a user.
  @Command(name = "create", header = "Make a user.")
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  static final class Create extends OfUser {
    @Option(names = "--name", paramLabel = "<name>", description = "The name for people.")
    private @Nullable String fullName;

    @Option(
        names = "--group",
        paramLabel = "<group>",
        description = "What the user belongs to; may be said more than once.")
    private @Nullable List<String> groups;

    Create(Shell shell) {
      super(shell);
    }

    @Override
    void run(RemoteUsers users, ConnectionString connection) {
      users.create(
          login,
          Secrets.newPassword(shell, login),
          fullName == null ? login : fullName,
          groups == null ? List.of() : groups);
      say("Made user", login);
    }
  }

  /// Changes a user.
  @Command(
      name = "update",
      header = "Give a user another name for people, or other groups.",
      description = "What is not named stays as it is.")
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  static final class Update extends OfUser {
    @Option(names = "--name", paramLabel = "<name>", description = "The name for people.")
    private @Nullable String fullName;

    @Option(
        names = "--group",
        paramLabel = "<group>",
        description = "What the user belongs to from now on; may be said more than once.")
    private @Nullable List<String> groups;

    @Option(names = "--no-groups", description = "The user belongs to nothing from now on.")
    private boolean noGroups;

    Update(Shell shell) {
      super(shell);
    }

    @Override
    void run(RemoteUsers users, ConnectionString connection) {
      var user = users.user(login);
      users.update(
          login,
          fullName == null ? user.fullName() : fullName,
          noGroups ? List.of() : groups == null ? user.groups() : groups);
      say("Changed user", login);
    }
  }

  /// Takes a user away.
  @Command(name = "delete", header = "Take a user away.")
  static final class Delete extends OfUser {
    Delete(Shell shell) {
      super(shell);
    }

    @Override
    void run(RemoteUsers users, ConnectionString connection) {
      users.delete(login);
      say("Took away user", login);
    }
  }

  /// Lets a user log in.
  @Command(name = "enable", header = "Let a user log in again.")
  static final class Enable extends OfUser {
    Enable(Shell shell) {
      super(shell);
    }

    @Override
    void run(RemoteUsers users, ConnectionString connection) {
      users.enable(login);
      say("Enabled user", login);
    }
  }

  /// Keeps a user out.
  @Command(name = "disable", header = "Let a user log in no more, with password or token.")
  static final class Disable extends OfUser {
    Disable(Shell shell) {
      super(shell);
    }

    @Override
    void run(RemoteUsers users, ConnectionString connection) {
      users.disable(login);
      say("Disabled user", login);
    }
  }

  /// Gives a user another password.
  @Command(
      name = "passwd",
      header = "Give a user another password.",
      description = "The tokens and open sessions of the old one end.")
  static final class Password extends OfUser {
    Password(Shell shell) {
      super(shell);
    }

    @Override
    void run(RemoteUsers users, ConnectionString connection) {
      var connected = connection.credentials();
      var password = Secrets.newPassword(shell, login);
      if (connected.isPresent() && connected.get().user().equals(login)) {
        users.changePassword(login, connected.get().password(), password);
      } else {
        users.resetPassword(login, password);
      }
      say("Changed the password of", login);
    }
  }

  /// Gets a token.
  @Command(
      name = "token",
      header = "Print a token that stands for the password of whoever asks.",
      description =
          "It is sent as \"Authorization: Bearer <token>\". It ends by itself, and with the server.")
  @SuppressWarnings("NullAway.Init") // Picocli sets the fields.
  static final class Token extends OnServer {
    @Option(
        names = "--seconds",
        paramLabel = "<seconds>",
        defaultValue = "3600",
        description = "How long it holds, a day at most. Default: an hour.")
    private long seconds;

    Token(Shell shell) {
      super(shell);
    }

    @Override
    void run(RemoteUsers users, ConnectionString connection) {
      var token = users.token(Duration.ofSeconds(seconds));
      shell.out().println(token.text());
      shell.err().println("It holds until %s.".formatted(token.expires()));
    }
  }
}
