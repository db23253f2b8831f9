// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.grpc.registry;

import io.leftfold.protocol.messages.registry.AutoRegistrationSettings;
import io.leftfold.protocol.messages.registry.CompatibilityMode;
import io.leftfold.protocol.messages.registry.CompatibilitySettings;
import io.leftfold.protocol.messages.registry.DataFormatSettings;
import io.leftfold.protocol.messages.registry.SchemaDataFormat;
import io.leftfold.protocol.messages.registry.SchemaGroupDetails;
import io.leftfold.protocol.messages.registry.StreamFilter;
import io.leftfold.protocol.messages.registry.StreamFilterSettings;
import io.leftfold.protocol.messages.registry.StreamFilterType;
import io.leftfold.protocol.messages.registry.UpdateSchemaGroupRequest;
import io.leftfold.protocol.messages.registry.ValidationSettings;
import io.leftfold.server.registry.BadSchemaException;
import io.leftfold.server.registry.SchemaGroup;
import io.leftfold.server.registry.SchemaGroup.Details;
import io.leftfold.server.registry.SchemaGroup.Setting;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// Groups as the wire says them.
final class GroupMessages {

  private static final String AUTO_REGISTRATION = "autoRegistration";
  private static final String VALIDATION = "validation";
  private static final String COMPATIBILITY = "compatibility";
  private static final String DATA_FORMAT = "dataFormat";
  private static final String STREAM_FILTER = "streamFilter";

  /// Paths of a mask without the settings, and what a setting is called there.
  private static final Set<String> PLAIN = Set.of("name", "description", "tags");

  private static final Map<String, String> SETTINGS =
      Map.of(
          "autoregistration", AUTO_REGISTRATION,
          "validation", VALIDATION,
          "compatibility", COMPATIBILITY,
          "dataformat", DATA_FORMAT,
          "streamfilter", STREAM_FILTER);

  private static final Set<String> PATHS =
      Stream.concat(PLAIN.stream(), SETTINGS.keySet().stream())
          .collect(Collectors.toUnmodifiableSet());

  private GroupMessages() {}

  static Details details(SchemaGroupDetails details) {
    return new Details(
        details.getName(),
        details.hasDescription() ? Optional.of(details.getDescription()) : Optional.empty(),
        details.getTagsMap(),
        settings(details));
  }

  private static Map<String, Setting> settings(SchemaGroupDetails details) {
    var settings = new TreeMap<String, Setting>();
    if (details.hasAutoRegistration()) {
      settings.put(
          AUTO_REGISTRATION, new Setting(details.getAutoRegistration().getEnabled(), "", ""));
    }
    if (details.hasValidation()) {
      settings.put(VALIDATION, new Setting(details.getValidation().getEnabled(), "", ""));
    }
    if (details.hasCompatibility()) {
      var compatibility = details.getCompatibility();
      settings.put(
          COMPATIBILITY,
          new Setting(
              compatibility.getEnforce(),
              Messages.mode(compatibility.getMode(), "details.compatibility.mode").name(),
              ""));
    }
    if (details.hasDataFormat()) {
      var format = details.getDataFormat();
      settings.put(
          DATA_FORMAT,
          new Setting(
              format.getEnforce(),
              Messages.format(format.getFormat(), "details.data_format.format").name(),
              ""));
    }
    if (details.hasStreamFilter()) {
      var filter = details.getStreamFilter();
      settings.put(
          STREAM_FILTER,
          new Setting(
              filter.getEnforce(),
              kind(filter.getFilter().getFilterType()),
              filter.getFilter().getExpression()));
    }
    return settings;
  }

  private static String kind(StreamFilterType type) {
    return switch (type) {
      case CONSUME_FILTER_TYPE_REGEX -> "REGEX";
      case CONSUME_FILTER_TYPE_CATEGORY -> "CATEGORY";
      case CONSUME_FILTER_TYPE_UNSPECIFIED, UNRECOGNIZED ->
          throw new BadSchemaException(
              "details.stream_filter.filter.filter_type",
              "A filter is a REGEX or a CATEGORY, got none of them");
    };
  }

  /// What is said of a group after an update: what the mask names is as in the request.
  ///
  /// @param before what was said
  static Details updated(Details before, UpdateSchemaGroupRequest request) {
    var paths =
        Messages.paths(
            request.getUpdateMask(), PATHS, "the fields of details, each as details.<field>");
    if (paths.isEmpty()) {
      throw new BadSchemaException("update_mask", "An update names a field at least, got none");
    }
    var wanted = request.getDetails();
    var settings = new TreeMap<>(before.settings());
    var others = settings(wanted);
    SETTINGS.forEach((path, name) -> {
      if (paths.contains(path)) {
        settings.remove(name);
        Optional.ofNullable(others.get(name)).ifPresent(setting -> settings.put(name, setting));
      }
    });
    var description =
        wanted.hasDescription() ? Optional.of(wanted.getDescription()) : Optional.<String>empty();
    return new Details(
        paths.contains("name") ? wanted.getName() : before.name(),
        paths.contains("description") ? description : before.description(),
        paths.contains("tags") ? wanted.getTagsMap() : before.tags(),
        settings);
  }

  static io.leftfold.protocol.messages.registry.SchemaGroup group(SchemaGroup group) {
    var details =
        SchemaGroupDetails.newBuilder()
            .setName(group.details().name())
            .putAllTags(group.details().tags());
    group.details().description().ifPresent(details::setDescription);
    group.details().settings().forEach((name, setting) -> write(details, name, setting));
    return io.leftfold.protocol.messages.registry.SchemaGroup.newBuilder()
        .setGroupId(group.id().value())
        .setDetails(details)
        .setCreatedAt(Messages.time(group.created()))
        .setUpdatedAt(Messages.time(group.updated()))
        .build();
  }

  private static void write(SchemaGroupDetails.Builder details, String name, Setting setting) {
    switch (name) {
      case AUTO_REGISTRATION ->
          details.setAutoRegistration(
              AutoRegistrationSettings.newBuilder().setEnabled(setting.on()));
      case VALIDATION ->
          details.setValidation(ValidationSettings.newBuilder().setEnabled(setting.on()));
      case COMPATIBILITY ->
          details.setCompatibility(
              CompatibilitySettings.newBuilder()
                  .setEnforce(setting.on())
                  .setMode(CompatibilityMode.valueOf("COMPATIBILITY_MODE_" + setting.kind())));
      case DATA_FORMAT ->
          details.setDataFormat(
              DataFormatSettings.newBuilder()
                  .setEnforce(setting.on())
                  .setFormat(SchemaDataFormat.valueOf("SCHEMA_DATA_FORMAT_" + setting.kind())));
      case STREAM_FILTER ->
          details.setStreamFilter(
              StreamFilterSettings.newBuilder()
                  .setEnforce(setting.on())
                  .setFilter(
                      StreamFilter.newBuilder()
                          .setFilterType(
                              StreamFilterType.valueOf("CONSUME_FILTER_TYPE_" + setting.kind()))
                          .setExpression(setting.expression())));
      default -> {
        // Of a version that knows more.
      }
    }
  }
}
