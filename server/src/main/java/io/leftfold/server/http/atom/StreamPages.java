// SPDX-License-Identifier: Apache-2.0

package io.leftfold.server.http.atom;

import io.leftfold.api.EventFilter;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.StreamName;
import io.leftfold.server.http.atom.body.Ids;
import io.leftfold.server.http.exchange.Answer;
import io.leftfold.server.http.exchange.RefusedException;
import io.leftfold.server.http.exchange.Resource;
import io.leftfold.server.http.exchange.Target;
import java.util.List;
import java.util.Optional;
import java.util.UUID;

/// What there is behind `/streams/…`.
public final class StreamPages implements Resource.Routes {

  private static final String ALL = "$all";
  private static final String SCAVENGES = "$scavenges";

  private final Reading reading;
  private final Writing writing;

  /// The pages.
  ///
  /// @param reading shows
  /// @param writing appends and deletes
  public StreamPages(Reading reading, Writing writing) {
    this.reading = reading;
    this.writing = writing;
  }

  @Override
  public Optional<Resource> find(Target target) {
    var path = target.segments();
    if (path.size() < 2 || path.get(1).isEmpty()) {
      return Optional.empty();
    }
    if (target.endsInSlash()) {
      return Optional.of(withoutSlash(stream(path.get(1))));
    }
    var name = path.get(1);
    var rest = path.subList(2, path.size());
    if (name.equals(ALL) && !rest.isEmpty() && !rest.getFirst().equals("metadata")) {
      return rest.getFirst().equals("filtered")
          ? all(rest.subList(1, rest.size()), Optional.of(Filters.of(target)))
          : all(rest, Optional.empty());
    }
    if (name.equals(ALL) && rest.isEmpty()) {
      return Optional.of(writing(StreamName.of(ALL), reading.newest(EventFilter.everything(), "")));
    }
    if (name.equals(SCAVENGES) && rest.size() == 3) {
      return events(stream(SCAVENGES + "-" + rest.getFirst()), rest.subList(1, 3));
    }
    return ofStream(stream(name), rest);
  }

  /// To the same URL something else might have been answered, to whoever had asked otherwise.
  @Override
  public Answer told(Answer refusal) {
    return refusal.with("Vary", Reading.VARY);
  }

  private Resource withoutSlash(StreamName stream) {
    var elsewhere = reading.withoutSlash(stream);
    return Resource.get(elsewhere).and("POST", elsewhere).and("DELETE", elsewhere);
  }

  private static StreamName stream(String name) {
    try {
      return StreamName.of(name);
    } catch (IllegalArgumentException e) {
      throw RefusedException.badRequest(String.valueOf(e.getMessage()));
    }
  }

  // ---- one stream

  private Optional<Resource> ofStream(StreamName stream, List<String> rest) {
    if (rest.isEmpty()) {
      return Optional.of(writing(stream, reading.newest(stream)));
    }
    if (rest.getFirst().equals("metadata")) {
      return metadata(stream, rest.subList(1, rest.size()));
    }
    if (rest.getFirst().equals("incoming") && rest.size() == 2) {
      return Optional.of(Resource.post(writing.append(stream, Optional.of(id(rest.get(1))))));
    }
    return events(stream, rest);
  }

  private Resource writing(StreamName stream, Resource.Work shown) {
    return Resource.get(shown)
        .and("POST", writing.append(stream, Optional.empty()))
        .and("DELETE", writing.delete(stream));
  }

  private static UUID id(String text) {
    return Ids.of(text)
        .orElseThrow(
            () -> RefusedException.badRequest("'%s' is not a valid event id".formatted(text)));
  }

  private Optional<Resource> metadata(StreamName stream, List<String> rest) {
    if (stream.isMetastream()) {
      throw RefusedException.badRequest("A stream of metadata has no metadata of its own");
    }
    var metastream = stream.metastream();
    if (rest.isEmpty()) {
      return Optional.of(
          Resource.get(reading.event(metastream, Place.HEAD))
              .and("POST", writing.appendMetadata(metastream)));
    }
    return events(metastream, rest);
  }

  private Optional<Resource> events(StreamName stream, List<String> rest) {
    return events(reading, stream, rest);
  }

  /// One event or a page: `{n}`, `{n}/{count}`, `{n}/backward/{count}`, `{n}/forward/{count}`.
  ///
  /// @param reading shows it
  /// @param stream of which stream
  /// @param rest of the path
  /// @return empty if that is neither
  public static Optional<Resource> events(Reading reading, StreamName stream, List<String> rest) {
    if (rest.size() == 1) {
      return Optional.of(Resource.get(reading.event(stream, revision(rest.getFirst()))));
    }
    if (!isPage(rest)) {
      return Optional.empty();
    }
    var place =
        new Place(
            isForward(rest) ? number(rest.getFirst()) : revision(rest.getFirst()),
            isForward(rest),
            count(rest.getLast(), "'%s' is not valid count. Should be positive integer"));
    return Optional.of(Resource.get(reading.stream(stream, place)));
  }

  private static boolean isPage(List<String> rest) {
    return rest.size() == 2
        || (rest.size() == 3 && (rest.get(1).equals("backward") || rest.get(1).equals("forward")));
  }

  private static boolean isForward(List<String> rest) {
    return rest.size() == 3 && rest.get(1).equals("forward");
  }

  private static long revision(String text) {
    return text.equals("head") ? Place.HEAD : number(text);
  }

  private static long number(String text) {
    if (text.matches("[0-9]{1,19}")) {
      try {
        var number = Long.parseLong(text);
        if (number < ReadOptions.END) {
          return number;
        }
      } catch (NumberFormatException _) {
        // Too large.
      }
    }
    throw RefusedException.badRequest("'%s' is not valid event number".formatted(text));
  }

  /// As large as the caller likes: of a page one event is held at a time.
  private static int count(String text, String refusal) {
    if (text.matches("[0-9]{1,10}")) {
      var count = Long.parseLong(text);
      if (count >= 1 && count <= Integer.MAX_VALUE) {
        return (int) count;
      }
    }
    throw RefusedException.badRequest(refusal.formatted(text));
  }

  // ---- all streams

  private Optional<Resource> all(List<String> rest, Optional<Filters.Asked> filter) {
    var asked = filter.orElse(Filters.Asked.NONE);
    if (rest.isEmpty()) {
      return Optional.of(Resource.get(reading.newest(asked.filter(), asked.question())));
    }
    if (!isPage(rest)) {
      return Optional.empty();
    }
    var from =
        rest.getFirst().equals("head") && !isForward(rest)
            ? Place.HEAD
            : Positions.of(rest.getFirst())
                .orElseThrow(() ->
                    RefusedException.badRequest("Invalid position argument: " + rest.getFirst()));
    var place =
        new Place(from, isForward(rest), count(rest.getLast(), "Invalid count argument: %s"));
    return Optional.of(Resource.get(reading.all(place, asked.filter(), asked.question())));
  }
}
