// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import io.leftfold.api.EventFilter;
import io.leftfold.server.http.exchange.RefusedException;
import io.leftfold.server.http.exchange.Target;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;

/// Which events of all streams are asked for in a URL: `?context=streamid|eventtype`,
/// `&type=regex|prefix`, `&data=a,b`, or `?exclude-system-events=true`.
final class Filters {

  private static final String NO_SYSTEM_EVENTS = "exclude-system-events";
  private static final List<String> PARAMETERS =
      List.of("context", "type", "data", NO_SYSTEM_EVENTS, "embed");

  private Filters() {}

  /// @param filter which events
  /// @param question the same, to be written behind other paths
  record Asked(EventFilter filter, String question) {
    static final Asked NONE = new Asked(EventFilter.everything(), "");
  }

  static Asked of(Target target) {
    return new Asked(filter(target), question(target));
  }

  private static String question(Target target) {
    var said = new ArrayList<String>();
    for (var name : PARAMETERS) {
      target.parameter(name).ifPresent(value -> said.add(name + "=" + Target.encoded(value)));
    }
    return said.isEmpty() ? "" : "?" + String.join("&", said);
  }

  private static EventFilter filter(Target target) {
    var noSystemEvents = target.parameter(NO_SYSTEM_EVENTS);
    if (noSystemEvents.isPresent()) {
      if (!noSystemEvents.get().equalsIgnoreCase("true")) {
        throw RefusedException.badRequest(
            "Invalid value for exclude-system-events: it is true, or is not there");
      }
      return new EventFilter.TypeRegex("^[^\\$].*");
    }
    var context = said(target, "context");
    var type = said(target, "type");
    var data =
        target
            .parameter("data")
            .orElseThrow(() -> RefusedException.badRequest("Invalid data: there is none"));
    return switch (context + " " + type) {
      case "streamid regex" -> new EventFilter.StreamRegex(data);
      case "streamid prefix" -> new EventFilter.StreamPrefix(prefixes(data));
      case "eventtype regex" -> new EventFilter.TypeRegex(data);
      case "eventtype prefix" -> new EventFilter.TypePrefix(prefixes(data));
      default ->
          throw RefusedException.badRequest(
              "Invalid filter: the context is streamid or eventtype, the type regex or prefix");
    };
  }

  private static String said(Target target, String name) {
    return target.parameter(name).orElse("").toLowerCase(Locale.ROOT);
  }

  private static List<String> prefixes(String data) {
    var prefixes = Arrays.stream(data.split(",", -1)).filter(prefix -> !prefix.isEmpty()).toList();
    if (prefixes.isEmpty()) {
      throw RefusedException.badRequest("Invalid data: there is none");
    }
    return prefixes;
  }
}
