// SPDX-License-Identifier: Apache-2.0

package io.leftfold.verification.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.eventstore.dbclient.EventStoreDBClient;
import com.google.protobuf.DescriptorProtos.FieldDescriptorProto;
import com.google.protobuf.DescriptorProtos.FileDescriptorProto;
import com.google.protobuf.Descriptors.Descriptor;
import com.google.protobuf.Descriptors.EnumDescriptor;
import com.google.protobuf.Descriptors.FieldDescriptor;
import com.google.protobuf.Descriptors.FileDescriptor;
import com.google.protobuf.Descriptors.MethodDescriptor;
import io.leftfold.protocol.messages.features.ServerFeaturesOuterClass;
import io.leftfold.protocol.messages.gossip.GossipOuterClass;
import io.leftfold.protocol.messages.groups.Persistent;
import io.leftfold.protocol.messages.manystreams.Streams;
import io.leftfold.protocol.messages.manystreams.errors.Errors;
import io.leftfold.protocol.messages.projections.ProjectionsOuterClass;
import io.leftfold.protocol.messages.rpc.StatusOuterClass;
import io.leftfold.protocol.messages.shared.Shared;
import io.leftfold.protocol.messages.streams.StreamsOuterClass;
import java.net.URL;
import java.net.URLClassLoader;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/// Our `.proto` files beside the descriptors inside the official clients, field by field.
///
/// Whatever a client knows, we know under the same number, with the same type, in the same oneof.
/// We may know more: the clients are of different ages.
final class DescriptorTest {

  static Stream<Arguments> filesOfClients() {
    return Stream.of(
        Arguments.of(
            "kurrentdb-client streams",
            StreamsOuterClass.getDescriptor(),
            io.kurrent.dbclient.proto.streams.StreamsOuterClass.getDescriptor()),
        Arguments.of(
            "kurrentdb-client many streams",
            Streams.getDescriptor(),
            io.kurrentdb.protocol.v2.streams.Streams.getDescriptor()),
        Arguments.of(
            "kurrentdb-client errors of many streams",
            Errors.getDescriptor(),
            io.kurrentdb.protocol.v2.streams.errors.Errors.getDescriptor()),
        Arguments.of(
            "kurrentdb-client errors",
            io.leftfold.protocol.messages.errors.Errors.getDescriptor(),
            io.kurrentdb.protocol.v2.common.errors.Errors.getDescriptor()),
        Arguments.of(
            "kurrentdb-client shared",
            Shared.getDescriptor(),
            io.kurrent.dbclient.proto.shared.Shared.getDescriptor()),
        Arguments.of(
            "kurrentdb-client gossip",
            GossipOuterClass.getDescriptor(),
            io.kurrent.dbclient.proto.gossip.GossipOuterClass.getDescriptor()),
        Arguments.of(
            "kurrentdb-client server features",
            ServerFeaturesOuterClass.getDescriptor(),
            io.kurrent.dbclient.proto.serverfeatures.Serverfeatures.getDescriptor()),
        Arguments.of(
            "kurrentdb-client persistent subscriptions",
            Persistent.getDescriptor(),
            io.kurrent.dbclient.proto.persistentsubscriptions.Persistent.getDescriptor()),
        Arguments.of(
            "db-client-java persistent subscriptions",
            Persistent.getDescriptor(),
            com.eventstore.dbclient.proto.persistentsubscriptions.Persistent.getDescriptor()),
        Arguments.of(
            "db-client-java streams",
            StreamsOuterClass.getDescriptor(),
            com.eventstore.dbclient.proto.streams.StreamsOuterClass.getDescriptor()),
        Arguments.of(
            "db-client-java shared",
            Shared.getDescriptor(),
            com.eventstore.dbclient.proto.shared.Shared.getDescriptor()),
        Arguments.of(
            "db-client-java gossip",
            GossipOuterClass.getDescriptor(),
            com.eventstore.dbclient.proto.gossip.GossipOuterClass.getDescriptor()),
        Arguments.of(
            "db-client-java server features",
            ServerFeaturesOuterClass.getDescriptor(),
            com.eventstore.dbclient.proto.serverfeatures.Serverfeatures.getDescriptor()));
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("filesOfClients")
  void what_a_client_knows_we_know_alike(String name, FileDescriptor ours, FileDescriptor theirs) {
    assertThat(ours.getPackage()).isEqualTo(theirs.getPackage());
    assertThat(described(theirs)).isNotEmpty();
    assertThat(described(ours)).containsAllEntriesOf(described(theirs));
  }

  /// Two clients call number 2 of a continuous projection `track_emitted_streams`, which is number
  /// 3 where the server of these clients and the newer ones have it.
  @Test
  void of_projections_what_a_client_knows_we_know_alike_but_for_one_name() {
    var ours = described(ProjectionsOuterClass.getDescriptor());
    for (var file :
        List.of(
            io.kurrent.dbclient.proto.projections.Projectionmanagement.getDescriptor(),
            com.eventstore.dbclient.proto.projections.Projectionmanagement.getDescriptor())) {
      var theirs = described(file);
      assertThat(
              theirs.remove(
                  "event_store.client.projections.CreateReq.Options.Continuous.track_emitted_streams"))
          .isEqualTo("2 BOOL");
      assertThat(theirs).hasSizeGreaterThan(50);
      assertThat(ours).containsAllEntriesOf(theirs);
    }
  }

  /// The status that `BatchAppend` answers with has one detail where Google's has several; a list
  /// of one is the same on the wire. The older client brings the former, which a library with
  /// Google's would hide: so it is loaded by itself.
  @Test
  void the_status_of_an_append_is_the_older_clients() throws Exception {
    try (var alone =
        new URLClassLoader(
            new URL[] {home(EventStoreDBClient.class), home(FileDescriptor.class)},
            ClassLoader.getPlatformClassLoader())) {
      var file = alone.loadClass("com.google.rpc.StatusProto").getMethod("getDescriptor");
      var proto = file.getReturnType().getMethod("toProto");
      var bytes = proto.getReturnType().getMethod("toByteArray");
      var theirs =
          FileDescriptorProto.parseFrom((byte[]) bytes.invoke(proto.invoke(file.invoke(null))));

      assertThat(fields(theirs)).hasSize(3);
      assertThat(fields(StatusOuterClass.getDescriptor().toProto()))
          .containsAllEntriesOf(fields(theirs));
    }
  }

  private static URL home(Class<?> type) {
    return type.getProtectionDomain().getCodeSource().getLocation();
  }

  private static Map<String, String> fields(FileDescriptorProto file) {
    return file.getMessageTypeList().stream()
        .filter(message -> message.getName().equals("Status"))
        .flatMap(message -> message.getFieldList().stream())
        .collect(
            Collectors.toMap(
                FieldDescriptorProto::getName,
                field ->
                    String.join(
                        " ",
                        Integer.toString(field.getNumber()),
                        field.getLabel().name(),
                        field.getType().name(),
                        field.getTypeName())));
  }

  /// Each field, method and value by its full name.
  private static Map<String, String> described(FileDescriptor file) {
    var described = new TreeMap<String, String>();
    for (var message : file.getMessageTypes()) {
      describe(message, described);
    }
    for (var service : file.getServices()) {
      for (var method : service.getMethods()) {
        described.put(method.getFullName(), text(method));
      }
    }
    file.getEnumTypes().forEach(values -> describe(values, described));
    return described;
  }

  private static void describe(Descriptor message, Map<String, String> described) {
    for (var field : message.getFields()) {
      described.put(field.getFullName(), text(field));
    }
    for (var nested : message.getNestedTypes()) {
      describe(nested, described);
    }
    message.getEnumTypes().forEach(values -> describe(values, described));
  }

  private static void describe(EnumDescriptor values, Map<String, String> described) {
    for (var value : values.getValues()) {
      described.put(
          values.getFullName() + " " + value.getName(), Integer.toString(value.getNumber()));
    }
  }

  private static String text(FieldDescriptor field) {
    var words = new ArrayList<String>(List.of(Integer.toString(field.getNumber())));
    words.add(field.getType().name());
    switch (field.getJavaType()) {
      case MESSAGE -> words.add(field.getMessageType().getFullName());
      case ENUM -> words.add(field.getEnumType().getFullName());
      default -> {}
    }
    if (field.isRepeated()) {
      words.add(field.isMapField() ? "map" : "repeated");
    }
    if (field.hasPresence()) {
      words.add("presence");
    }
    var oneof = field.getRealContainingOneof();
    if (oneof != null) {
      words.add("in " + oneof.getName());
    }
    return String.join(" ", words);
  }

  private static String text(MethodDescriptor method) {
    return "%s%s -> %s%s"
        .formatted(
            method.isClientStreaming() ? "stream " : "",
            method.getInputType().getFullName(),
            method.isServerStreaming() ? "stream " : "",
            method.getOutputType().getFullName());
  }
}
