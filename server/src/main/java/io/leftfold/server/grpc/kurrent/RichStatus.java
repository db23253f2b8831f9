// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.kurrent;

import com.google.protobuf.Message;
import io.leftfold.protocol.wire.WireWriter;
import io.leftfold.server.edge.GrpcStatus;
import io.leftfold.server.edge.GrpcTrailers;
import java.util.List;

/// An error as newer services say it in their trailers: a `google.rpc.Status` that holds the
/// reason's name first and what belongs to the reason last, which is where clients look.
///
/// @param status the gRPC status
/// @param reason the name of the error, without what all names begin with
/// @param domain whose errors they are, such as `server` or `streams`
/// @param message for people
/// @param details what programs go by; none or one
public record RichStatus(
    GrpcStatus status, String reason, String domain, String message, List<Detail> details) {

  private static final String TRAILER = "grpc-status-details-bin";
  private static final String TYPE_URL = "type.googleapis.com/";

  /// Copies the list.
  public RichStatus {
    details = List.copyOf(details);
  }

  /// A message within the details.
  ///
  /// @param type its full name
  /// @param bytes the message
  public record Detail(String type, byte[] bytes) {

    /// A message of ours.
    ///
    /// @param message what is told
    /// @return the detail
    public static Detail of(Message message) {
      return new Detail(message.getDescriptorForType().getFullName(), message.toByteArray());
    }

    /// A part of the request makes no sense.
    ///
    /// @param field which
    /// @param message why not
    /// @return the detail
    public static Detail badRequest(String field, String message) {
      // google.rpc.BadRequest: | field_violations 1 ( field 1 | description 2 ) … |
      var violations = new WireWriter(128);
      violations.begin(1);
      violations.text(1, field);
      violations.text(2, message);
      violations.end();
      return new Detail("google.rpc.BadRequest", violations.toByteArray());
    }
  }

  /// The trailers that say so.
  ///
  /// @return the one
  public GrpcTrailers trailers() {
    return GrpcTrailers.NONE.with(TRAILER, encoded());
  }

  /// google.rpc.Status: | code 1 | message 2 | details 3 ( type_url 1 | value 2 ) … |
  private byte[] encoded() {
    var info = new WireWriter(128); // google.rpc.ErrorInfo: | reason 1 | domain 2 |
    info.text(1, reason);
    info.text(2, domain);
    var out = new WireWriter(1024);
    out.varint(1, status.code());
    out.text(2, message);
    write(out, new Detail("google.rpc.ErrorInfo", info.toByteArray()));
    details.forEach(detail -> write(out, detail));
    return out.toByteArray();
  }

  private static void write(WireWriter out, Detail detail) {
    out.begin(3, detail.bytes.length);
    out.text(1, TYPE_URL + detail.type);
    out.bytes(2, detail.bytes);
    out.end();
  }
}
