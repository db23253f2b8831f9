// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.edge;

import java.util.ArrayList;
import java.util.List;
import java.util.logging.Formatter;
import java.util.logging.Handler;
import java.util.logging.LogRecord;
import java.util.logging.Logger;
import java.util.logging.SimpleFormatter;

/// Everything that is logged in this JVM while it is open.
final class LogCapture extends Handler implements AutoCloseable {

  private final Logger root = Logger.getLogger("");
  private final Formatter formatter = new SimpleFormatter();
  private final List<LogRecord> records = new ArrayList<>();

  LogCapture() {
    root.addHandler(this);
  }

  @Override
  public synchronized void publish(LogRecord record) {
    records.add(record);
  }

  synchronized List<LogRecord> records() {
    return List.copyOf(records);
  }

  List<String> lines() {
    return records().stream()
        .map(record -> record.getLoggerName() + ": " + formatter.formatMessage(record))
        .toList();
  }

  @Override
  public void flush() {}

  @Override
  public void close() {
    root.removeHandler(this);
  }
}
