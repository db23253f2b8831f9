// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli;

import io.leftfold.api.ResolvedEvent;
import io.leftfold.cli.output.EventJson;
import io.leftfold.cli.output.EventText;
import picocli.CommandLine.Option;

/// How events are shown.
final class EventOutput {

  private static final int CHECK_EVERY = 64;

  @Option(names = "--json", description = "Show one JSON object a line.")
  private boolean json;

  @Option(
      names = "--full",
      description = "Show everything: ids, metadata, and data to the last character.")
  private boolean full;

  private long shown;

  boolean isJson() {
    return json;
  }

  /// Shows an event.
  ///
  /// @return whether anybody still reads: `leftfold read … | head` should end
  boolean show(Shell shell, ResolvedEvent event) {
    if (json) {
      shell.out().writeBytes(EventJson.line(event));
    } else {
      shell.out().print(new EventText(shell.style(), full).of(event));
    }
    return ++shown % CHECK_EVERY != 0 || !shell.out().checkError();
  }

  long shown() {
    return shown;
  }
}
