// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.manystreams;

import com.google.protobuf.ListValue;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.leftfold.protocol.messages.manystreams.AppendRecord;
import io.leftfold.protocol.messages.manystreams.AppendRecordsRequest;
import io.leftfold.protocol.messages.manystreams.AppendRequest;
import io.leftfold.protocol.wire.WireException;
import io.leftfold.protocol.wire.WireReader;
import io.leftfold.server.node.TooManyEventsException;

/// Counts what an append consists of before objects are made of it: two bytes of a message may
/// become a record of a hundred, or a value of a property.
///
/// One lasts for a whole call, so that many small messages have no more than one large one.
final class RecordCount {

  /// The most values of all properties of one append.
  static final int VALUES_MAX = 1 << 18;

  /// What protobuf's own parser takes.
  private static final int DEPTH_MAX = 100;

  private static final int KEY_AND_VALUE_VALUE = tag(2);

  private final long appendBytesMax;
  private int records;
  private int values;

  /// Of nothing yet.
  ///
  /// @param appendBytesMax the bound on bytes, which programs are told
  RecordCount(long appendBytesMax) {
    this.appendBytesMax = appendBytesMax;
  }

  private static int tag(int field) {
    return field << 3 | WireReader.LENGTH_DELIMITED;
  }

  /// Counts an [AppendRequest].
  ///
  /// @throws TooManyEventsException if there are more records than may be
  /// @throws IllegalArgumentException if there are more values, or it is no such message
  void addRequest(byte[] bytes, int offset, int length) {
    add(new WireReader(bytes, offset, length), tag(AppendRequest.RECORDS_FIELD_NUMBER));
  }

  /// Counts an [AppendRecordsRequest]; a check counts as a record.
  ///
  /// @throws TooManyEventsException if there are more records than may be
  /// @throws IllegalArgumentException if there are more values, or it is no such message
  void addRecords(byte[] bytes, int offset, int length) {
    add(new WireReader(bytes, offset, length), tag(AppendRecordsRequest.RECORDS_FIELD_NUMBER));
  }

  private void add(WireReader in, int recordTag) {
    try {
      while (in.next()) {
        if (in.tag() == recordTag) {
          addRecord();
          record(in);
        } else {
          if (in.tag() == tag(AppendRecordsRequest.CHECKS_FIELD_NUMBER)) {
            addRecord();
          }
          in.skip();
        }
      }
    } catch (WireException e) {
      throw Refusal.noMessage(e);
    }
  }

  private void addRecord() {
    if (++records > TooManyEventsException.EVENTS_MAX) {
      throw new TooManyEventsException(appendBytesMax);
    }
  }

  private void record(WireReader in) {
    var outer = in.enter();
    while (in.next()) {
      if (in.tag() == tag(AppendRecord.PROPERTIES_FIELD_NUMBER)) {
        entry(in, 1);
      } else {
        in.skip();
      }
    }
    in.leave(outer);
  }

  /// An entry of a map.
  private void entry(WireReader in, int depth) {
    addValue();
    var outer = in.enter();
    while (in.next()) {
      if (in.tag() == KEY_AND_VALUE_VALUE) {
        value(in, depth);
      } else {
        in.skip();
      }
    }
    in.leave(outer);
  }

  private void value(WireReader in, int depth) {
    addValue();
    if (depth > DEPTH_MAX) {
      throw new BadRequestException(
          "properties",
          "Values are nested up to %d deep, and these are deeper".formatted(DEPTH_MAX));
    }
    var outer = in.enter();
    while (in.next()) {
      if (in.tag() == tag(Value.STRUCT_VALUE_FIELD_NUMBER)) {
        within(in, tag(Struct.FIELDS_FIELD_NUMBER), true, depth + 1);
      } else if (in.tag() == tag(Value.LIST_VALUE_FIELD_NUMBER)) {
        within(in, tag(ListValue.VALUES_FIELD_NUMBER), false, depth + 1);
      } else {
        in.skip();
      }
    }
    in.leave(outer);
  }

  private void within(WireReader in, int elementTag, boolean entries, int depth) {
    addValue();
    var outer = in.enter();
    while (in.next()) {
      if (in.tag() != elementTag) {
        in.skip();
      } else if (entries) {
        entry(in, depth);
      } else {
        value(in, depth);
      }
    }
    in.leave(outer);
  }

  private void addValue() {
    if (++values > VALUES_MAX) {
      throw new BadRequestException(
          "properties",
          "The properties of an append have at most %d values, and these have more"
              .formatted(VALUES_MAX));
    }
  }
}
