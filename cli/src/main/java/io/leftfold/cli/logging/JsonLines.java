// SPDX-License-Identifier: Apache-2.0

package io.leftfold.cli.logging;

import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.logging.Formatter;
import java.util.logging.LogRecord;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JsonGenerator;
import tools.jackson.core.ObjectWriteContext;
import tools.jackson.core.json.JsonFactory;

/// A message as one line of JSON: `time`, `level`, `logger`, `thread`, `message`, `error` where
/// there is one, and the fields of the message, which cannot take the place of these.
final class JsonLines extends Formatter {

  private static final JsonFactory JSON = new JsonFactory();

  @Override
  public String format(LogRecord record) {
    var fields = new LinkedHashMap<String, @Nullable Object>();
    fields.put("time", record.getInstant().toString());
    fields.put("level", LogLevel.name(record.getLevel()));
    fields.put("logger", record.getLoggerName());
    fields.put("thread", thread(record));
    fields.put("message", formatMessage(record));
    if (record.getThrown() != null) {
      fields.put("error", text(record.getThrown()));
    }
    if (record.getParameters() != null) {
      for (var parameter : record.getParameters()) {
        if (parameter instanceof Map<?, ?> more) {
          more.forEach((name, value) -> fields.putIfAbsent(String.valueOf(name), value));
        }
      }
    }
    var line = new StringWriter();
    try (var json = JSON.createGenerator(ObjectWriteContext.empty(), line)) {
      json.writeStartObject();
      fields.forEach((name, value) -> write(json, name, value));
      json.writeEndObject();
    }
    return line.append('\n').toString();
  }

  /// Who handles a message at once is on the thread that logged it; a record knows only its number.
  private static String thread(LogRecord record) {
    var thread = Thread.currentThread();
    return thread.threadId() == record.getLongThreadID()
        ? thread.getName()
        : String.valueOf(record.getLongThreadID());
  }

  private static void write(JsonGenerator json, String name, @Nullable Object value) {
    json.writeName(name);
    switch (value) {
      case null -> json.writeNull();
      case Boolean flag -> json.writeBoolean(flag);
      case Integer number -> json.writeNumber(number);
      case Long number -> json.writeNumber(number);
      case Double number when Double.isFinite(number) -> json.writeNumber(number);
      default -> json.writeString(String.valueOf(value));
    }
  }

  private static String text(Throwable error) {
    var text = new StringWriter();
    error.printStackTrace(new PrintWriter(text));
    return text.toString();
  }
}
