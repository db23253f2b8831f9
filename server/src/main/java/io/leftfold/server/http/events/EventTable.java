// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.events;

import io.leftfold.api.ResolvedEvent;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Pattern;

/// Events as comma-separated values (RFC 4180). What a spreadsheet would take for a formula has an
/// apostrophe before it, for whoever wrote it may mean ill.
final class EventTable {

  private static final String HEADER = "cursor,position,stream,revision,type,id,time,data,metadata";

  /// Where a formula may begin: in a cell, or in what is one to whoever separates by `;` or tabs.
  private static final Pattern FORMULA =
      Pattern.compile("^(?=[=+\\-@\t\r\n])|(?<=[;\t\r\n])(?=[=+\\-@])");

  private EventTable() {}

  static void write(List<ResolvedEvent> events, boolean ofStream, OutputStream out)
      throws IOException {
    out.write((HEADER + "\r\n").getBytes(StandardCharsets.UTF_8));
    for (var resolved : events) {
      var event = resolved.event().orElseGet(resolved::original);
      var row =
          "%d,%d,%s,%d,%s,%s,%s,%s,%s\r\n"
              .formatted(
                  EventLine.cursor(resolved, ofStream),
                  event.position(),
                  quoted(event.stream().value()),
                  event.revision(),
                  quoted(event.type()),
                  event.id(),
                  event.recorded(),
                  quoted(event.dataAsText()),
                  quoted(event.metadataAsText()));
      out.write(row.getBytes(StandardCharsets.UTF_8));
    }
  }

  private static String quoted(String text) {
    return '"' + FORMULA.matcher(text).replaceAll("'").replace("\"", "\"\"") + '"';
  }
}
