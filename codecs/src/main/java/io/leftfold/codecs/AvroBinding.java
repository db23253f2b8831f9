// SPDX-License-Identifier: Apache-2.0

package io.leftfold.codecs;

import io.leftfold.toolkit.BinaryBinding;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.function.Function;
import org.apache.avro.Schema;
import org.apache.avro.generic.GenericData;
import org.apache.avro.generic.GenericRecord;
import org.apache.avro.message.BinaryMessageDecoder;
import org.apache.avro.message.BinaryMessageEncoder;
import org.apache.avro.message.SchemaStore;

/// Between classes of events and records of Avro, without generated code.
///
/// ```java
/// .type("MeterRead", 1, Reading.class,
///     AvroBinding.of(
///         TODAY,
///         reading -> new GenericRecordBuilder(TODAY).set("meter", reading.meter()).build(),
///         row -> new Reading(row.get("meter").toString()),
///         FIRST, SECOND))
/// ```
///
/// Events are stored in Avro's single-object encoding: each begins with the fingerprint of the
/// schema it was written with (10 bytes), and is resolved by Avro's own rules to the schema of the
/// reader. So every schema that ever wrote is kept, in the program or in a [SchemaStore]; an event
/// of one that is not there is an [io.leftfold.toolkit.UnreadableEventException]. What resolves
/// needs no new version of the type; what does not is read with
/// [io.leftfold.toolkit.EventTypesBuilder#former]. That all schemas resolve is checked when the
/// binding is made.
public final class AvroBinding {

  /// The name under which events say that they are stored in it.
  public static final String FORMAT = "avro";

  private AvroBinding() {}

  /// With schemas of the program.
  ///
  /// @param schema of today, which is written, and which what is read is resolved to
  /// @param write makes a record of that schema
  /// @param read makes an event of a record of that schema; texts in it are a [CharSequence]
  /// @param former schemas with which events were written before
  /// @param <T> the class of events
  /// @return the binding
  /// @throws IllegalArgumentException if a former schema does not resolve to today's
  public static <T> BinaryBinding<T> of(
      Schema schema,
      Function<? super T, ? extends GenericRecord> write,
      Function<? super GenericRecord, ? extends T> read,
      Schema... former) {
    var known = new SchemaStore.Cache();
    for (var one : former) {
      requireResolved(one, schema);
      known.addSchema(one);
    }
    return of(schema, known, write, read);
  }

  private static void requireResolved(Schema written, Schema read) {
    var compatibility =
        org.apache.avro.SchemaCompatibility.checkReaderWriterCompatibility(read, written);
    if (compatibility.getType()
        != org.apache.avro.SchemaCompatibility.SchemaCompatibilityType.COMPATIBLE) {
      throw new IllegalArgumentException(
          "What was written with %s cannot be read with %s: %s; read it with EventTypesBuilder.former"
              .formatted(written, read, compatibility.getResult().getIncompatibilities()));
    }
  }

  /// With schemas that are kept somewhere else, such as a registry.
  ///
  /// @param schema of today, which is written, and which what is read is resolved to
  /// @param known finds the other schemas by their fingerprints; asked by any number of threads
  /// @param write makes a record of that schema
  /// @param read makes an event of a record of that schema; texts in it are a [CharSequence]
  /// @param <T> the class of events
  /// @return the binding
  public static <T> BinaryBinding<T> of(
      Schema schema,
      SchemaStore known,
      Function<? super T, ? extends GenericRecord> write,
      Function<? super GenericRecord, ? extends T> read) {
    var encoder = new BinaryMessageEncoder<GenericRecord>(GenericData.get(), schema);
    var decoder = new BinaryMessageDecoder<GenericRecord>(GenericData.get(), schema, known);
    return BinaryBinding.of(
        FORMAT,
        event -> encoded(encoder, write.apply(event)),
        data -> read.apply(decoded(decoder, data)));
  }

  private static byte[] encoded(
      BinaryMessageEncoder<GenericRecord> encoder, GenericRecord written) {
    var bytes = new ByteArrayOutputStream();
    try {
      encoder.encode(written, bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("Memory does not fail", e);
    }
    return bytes.toByteArray();
  }

  private static GenericRecord decoded(BinaryMessageDecoder<GenericRecord> decoder, byte[] data) {
    var bytes = new ByteArrayInputStream(data);
    GenericRecord read;
    try {
      read = decoder.decode(bytes);
    } catch (IOException e) {
      throw new UncheckedIOException("It ends before its record does", e);
    }
    if (bytes.available() > 0) {
      throw new IllegalArgumentException(
          "%d bytes follow behind its record".formatted(bytes.available()));
    }
    return read;
  }
}
