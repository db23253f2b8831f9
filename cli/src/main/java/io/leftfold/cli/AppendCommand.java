// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.ContentType;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.StreamName;
import io.leftfold.api.Tag;
import io.leftfold.cli.output.EventJson;
import io.leftfold.cli.output.Printable;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.ITypeConverter;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.TypeConversionException;
import tools.jackson.databind.json.JsonMapper;

/// Appends one event.
@Command(
    name = "append",
    header = "Append an event to a stream.",
    synopsisHeading = "%nUsage: ",
    parameterListHeading = "%nWhat:%n",
    optionListHeading = "%nOptions:%n",
    footerHeading = "%nExamples:%n",
    footer = {
      "  leftfold append account-7 '{\"amount\":50}' --type MoneyDeposited",
      "  leftfold append account-7 --type AccountClosed --expect 12",
      "  leftfold append photo-1 --type PhotoTaken --binary --file photo.jpg",
      "  generate | leftfold append report-1 - --type ReportMade",
    })
@SuppressWarnings("NullAway.Init") // Picocli sets the fields.
final class AppendCommand implements Callable<Integer> {

  private static final byte[] NOTHING = {};

  @Spec private CommandSpec spec;

  @Parameters(
      index = "0",
      paramLabel = "<stream>",
      description = "The stream, made by its first event.")
  private String stream;

  @Parameters(
      index = "1",
      arity = "0..1",
      paramLabel = "<event data>",
      description = "The data as JSON, or - to read it from standard input. Without data: {}.")
  private @Nullable String data;

  @Option(
      names = {"-f", "--file"},
      paramLabel = "<file>",
      description = "Read the data from a file; - is standard input.")
  private @Nullable Path file;

  @Option(
      names = {"-t", "--type"},
      required = true,
      paramLabel = "<type>",
      description = "What happened, in the past tense, for example MoneyDeposited.")
  private String type;

  @Option(names = "--binary", description = "The data is bytes, not JSON.")
  private boolean binary;

  @Option(
      names = {"-m", "--metadata"},
      paramLabel = "<json>",
      description = "About the event: who, why, effective when.")
  private @Nullable String metadata;

  @Option(
      names = {"-e", "--expect"},
      paramLabel = "<state>",
      defaultValue = "any",
      converter = ExpectedStateConverter.class,
      description =
          "What the stream must be, or nothing is written: any, no-stream, exists, or the revision of its last event. Default: any.")
  private ExpectedState expected;

  @Option(
      names = "--tag",
      paramLabel = "<tag>",
      description = "What else the event can be found by, for example account:7; may be repeated.")
  private List<String> tags = new ArrayList<>();

  @Option(
      names = "--id",
      paramLabel = "<uuid>",
      description = "The event's id: an append repeated with the same id adds nothing.")
  private @Nullable UUID id;

  @Option(names = "--json", description = "Show the result as one JSON object.")
  private boolean json;

  @Mixin private StoreOptions store;

  private final Shell shell;

  AppendCommand(Shell shell) {
    this.shell = shell;
  }

  @Override
  public Integer call() throws IOException {
    var event =
        new ProposedEvent(
            id == null ? shell.newId() : id,
            type,
            binary ? ContentType.BINARY : ContentType.JSON,
            data(),
            metadata == null ? NOTHING : json("The metadata", utf8(metadata)),
            tags.stream().map(Tag::of).toList());
    var name = StreamName.of(stream);
    try (var opened = store.openToWrite(shell)) {
      var result = opened.append(name, expected, event);
      if (json) {
        var mapper = JsonMapper.shared();
        var node = mapper.createObjectNode();
        node.put("stream", name.value());
        node.put("revision", result.lastRevision());
        if (result.position().isPresent()) {
          node.put("position", result.position().getAsLong());
        }
        node.put("id", event.id().toString());
        node.put("idempotent", result.idempotent());
        shell.out().println(mapper.writeValueAsString(node));
      } else {
        shell
            .out()
            .println(
                "%s %s to %s at revision %d%s"
                    .formatted(
                        result.idempotent() ? "Had already appended" : "Appended",
                        Printable.of(type),
                        Printable.of(name.value()),
                        result.lastRevision(),
                        result.position().isPresent()
                            ? ", position " + result.position().getAsLong()
                            : ""));
      }
    }
    return ExitCode.OK;
  }

  private byte[] data() throws IOException {
    if (data != null && file != null) {
      throw new ParameterException(
          spec.commandLine(), "Give the data either as an argument or with --file, got both");
    }
    if (data == null && file == null) {
      return binary ? NOTHING : utf8("{}");
    }
    byte[] bytes;
    if ("-".equals(data) || (file != null && file.toString().equals("-"))) {
      bytes = shell.in().readAllBytes();
    } else if (file != null) {
      bytes = Files.readAllBytes(shell.resolve(file));
    } else {
      bytes = utf8(String.valueOf(data));
    }
    return binary ? bytes : json("The data", bytes);
  }

  private byte[] json(String subject, byte[] bytes) {
    var problem = EventJson.findProblem(bytes);
    if (problem.isPresent()) {
      throw new ParameterException(
          spec.commandLine(),
          "%s is not JSON: %s%s"
              .formatted(
                  subject,
                  problem.get(),
                  subject.equals("The data") ? ". To append bytes as they are, add --binary" : ""));
    }
    return bytes;
  }

  private static byte[] utf8(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  /// Reads `any`, `no-stream`, `exists` or a revision.
  static final class ExpectedStateConverter implements ITypeConverter<ExpectedState> {
    @Override
    public ExpectedState convert(String text) {
      return switch (text) {
        case "any" -> ExpectedState.any();
        case "no-stream" -> ExpectedState.noStream();
        case "exists" -> ExpectedState.streamExists();
        default -> {
          try {
            yield ExpectedState.atRevision(Long.parseLong(text));
          } catch (IllegalArgumentException e) {
            throw new TypeConversionException(
                "expected any, no-stream, exists or a revision from 0, got \"%s\"".formatted(text));
          }
        }
      };
    }
  }
}
