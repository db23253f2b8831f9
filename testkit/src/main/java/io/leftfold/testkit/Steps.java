// SPDX-License-Identifier: Apache-2.0

package io.leftfold.testkit;

import static java.nio.charset.StandardCharsets.UTF_8;

import io.leftfold.api.AppendCondition;
import io.leftfold.api.Commit;
import io.leftfold.api.ContentType;
import io.leftfold.api.EventFilter;
import io.leftfold.api.ExpectedState;
import io.leftfold.api.Head;
import io.leftfold.api.ListOptions;
import io.leftfold.api.ProposedEvent;
import io.leftfold.api.Query;
import io.leftfold.api.ReadOptions;
import io.leftfold.api.RecordedEvent;
import io.leftfold.api.StreamAppend;
import io.leftfold.api.StreamMetadata;
import io.leftfold.api.StreamMetadata.Acl;
import io.leftfold.api.StreamMetadata.Acl.Action;
import io.leftfold.api.StreamName;
import io.leftfold.api.SubscribeOptions;
import io.leftfold.api.Tag;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/// Steps by chance: what applications do to a store, and what they had better not do.
///
/// There are few streams, few types and few tags, so that steps meet each other. A model of its own
/// is driven along, to choose revisions and positions that are near to what is there. Ids are used
/// again only from the last few appends: a store need not know older ones.
public final class Steps {

  /// Where the clocks stand before the first step.
  public static final Instant START = Instant.parse("2026-07-17T14:02:00.123456Z");

  private static final String SEED_PROPERTY = "tests.seed";
  private static final int RECENT_MAX = 20;
  private static final String[] STREAMS = {
    "account-1", "account-2", "account-3", "order-1", "order-1-a", "plain", "-x", "$sys-1"
  };
  private static final String[] TYPES = {"Opened", "Paid", "Closed", "$other"};
  private static final String[] TAGS = {"red", "green", "account:1"};
  private static final String[] METADATA_TEXTS = {
    "{}",
    "{\"$maxCount\":2,\"z\":1,\"a\":[true,null]}",
    "{\"$maxCount\":\"2\",\"$tb\":1}",
    "{\"$tb\":9223372036854775807,\"keep\":\"me\"}",
    "{\"keep\":{\"$tb\":3},\"$tb\":1,\"$unknown\":7}",
    "{\"$maxAge\":-1,\"$maxCount\":0,\"$tb\":2}",
    "{ \"$maxAge\" : 5 }",
    "{\"$acl\":{\"$r\":\"ann\",\"$w\":[\"bob\"]}}",
    "nonsense",
    "[]",
    ""
  };

  private static final List<String> CORRELATIONS =
      List.of(
          "{\"$correlationId\":\"c-1\"}",
          "{\"$correlationId\":\"c-2\",\"$causationId\":\"x\"}",
          "{\"who\":{\"$correlationId\":\"c-2\"},\"$correlationId\":\"c-1\"}",
          "{\"who\":{\"$correlationId\":\"c-1\"}}",
          "{\"$correlationId\":\"c-1\",\"$correlationId\":\"c-2\"}",
          "{\"$correlationId\":7}",
          "{\"$correlationId\":\"\"}",
          "{\"$correlationId\":\"c-1\"} x",
          "[{\"$correlationId\":\"c-1\"}]",
          "{\"$correlationId\":\"c-1\"");

  /// What the steps may contain besides the ordinary.
  public enum Kind {
    /// Events with tags, and filters by them.
    TAGS,
    /// Reads by query, conditions and tracking.
    BOUNDARIES,
    /// Commits of several streams.
    COMMITS_OF_SEVERAL_STREAMS,
    /// Lists of streams.
    LIST_OF_STREAMS,
    /// Filters that are answered by an index.
    FILTERS_BY_INDEX,
    /// Subscriptions that tell checkpoints.
    CHECKPOINTS,
    /// Time that passes, and metadata that hides by age.
    CLOCK,
    /// Reads as of and from a time, subscriptions from a time.
    TIME,
    /// Closing and opening again in between.
    REOPEN
  }

  private final RandomGenerator random;
  private final Set<Kind> kinds;
  private final ManualClock clock = new ManualClock(START);
  private final InMemoryEventStore model = new InMemoryEventStore(clock);
  private final List<Commit> recent = new ArrayList<>();

  private Steps(RandomGenerator random, Set<Kind> kinds) {
    this.random = random;
    this.kinds = kinds;
  }

  /// Steps of all kinds.
  ///
  /// @param seed where chance begins
  /// @return the steps
  public static Steps from(long seed) {
    return from(seed, EnumSet.allOf(Kind.class));
  }

  /// Steps of some kinds.
  ///
  /// @param seed where chance begins
  /// @param kinds what they may contain besides the ordinary
  /// @return the steps
  public static Steps from(long seed, Set<Kind> kinds) {
    return new Steps(new Random(seed), kinds);
  }

  /// A seed for one test: what `-Dtests.seed=…` says, otherwise by chance.
  ///
  /// @return the seed, to be printed when the test fails
  public static long seed() {
    var given = Long.getLong(SEED_PROPERTY);
    return given != null ? given : RandomGenerator.getDefault().nextLong();
  }

  /// The next steps.
  ///
  /// @param count how many
  /// @return the steps, in the order in which they are to be done
  public List<Step> take(int count) {
    var steps = new ArrayList<Step>();
    while (steps.size() < count) {
      var step = next();
      if (step instanceof Step.Advance(var time)) {
        clock.advance(time);
      }
      step.applyTo(model);
      steps.add(step);
    }
    return steps;
  }

  private Step next() {
    var dice = random.nextInt(1000);
    if (dice < 380) {
      return append();
    } else if (dice < 440) {
      var stream = streamOrOther();
      return new Step.WriteMetadata(stream, expected(stream.metastream()), metadata(stream));
    } else if (dice < 490) {
      var stream = streamOrOther();
      return new Step.Delete(stream, expected(stream));
    } else if (dice < 497) {
      var stream = streamOrOther();
      return new Step.Tombstone(stream, expected(stream));
    } else if (dice < 525 && kinds.contains(Kind.BOUNDARIES)) {
      return chance(20)
          ? new Step.TrackingPosition(source())
          : new Step.ReadQuery(query(), readOptions(model.lastPosition().orElseThrow()));
    } else if (dice < 640) {
      var stream = anyStream();
      return new Step.Read(stream, readOptions(model.state(stream).lastRevision()));
    } else if (dice < 720) {
      return new Step.ReadAll(readOptions(model.lastPosition().orElseThrow()).filteredBy(filter()));
    } else if (dice < 770) {
      return new Step.State(anyStream());
    } else if (dice < 810) {
      return new Step.Metadata(streamOrOther());
    } else if (dice < 830) {
      return kinds.contains(Kind.LIST_OF_STREAMS)
          ? new Step.ListStreams(listOptions())
          : new Step.LastPosition();
    } else if (dice < 840) {
      return kinds.contains(Kind.TIME) && chance(60)
          ? new Step.PositionAt(time())
          : new Step.LastPosition();
    } else if (dice < 900) {
      var stream = anyStream();
      return new Step.Follow(stream, start(model.state(stream).lastRevision()));
    } else if (dice < 940) {
      return followAll();
    } else if (dice < 985) {
      return kinds.contains(Kind.CLOCK) ? advance() : append();
    } else {
      return kinds.contains(Kind.REOPEN) ? new Step.Reopen() : append();
    }
  }

  // ---- appends

  private Step.Append append() {
    var commit = chance(25) && !recent.isEmpty() ? again() : bounded(fresh());
    recent.add(commit);
    if (recent.size() > RECENT_MAX) {
      recent.removeFirst();
    }
    return new Step.Append(commit);
  }

  private List<StreamAppend> fresh() {
    var names = new LinkedHashSet<StreamName>();
    names.add(streamOrMetastream());
    while (kinds.contains(Kind.COMMITS_OF_SEVERAL_STREAMS) && chance(25) && names.size() < 4) {
      var name = streamOrMetastream();
      names.add(name);
      if (chance(10)) {
        names.add(name.metastream());
      }
    }
    var parts =
        names.stream()
            .map(name -> new StreamAppend(name, expected(name), events(name)))
            .collect(Collectors.toCollection(ArrayList::new));
    while (kinds.contains(Kind.COMMITS_OF_SEVERAL_STREAMS) && chance(20)) {
      var name = pick(parts).stream();
      parts.add(new StreamAppend(name, ExpectedState.any(), events(name)));
    }
    return parts;
  }

  /// An append that was there before: the same, or with another expectation, or with other events.
  private Commit again() {
    var commit = pick(recent);
    if (chance(50)) {
      return commit;
    }
    if (kinds.contains(Kind.BOUNDARIES) && chance(30)) {
      return bounded(commit.parts());
    }
    return new Commit(again(commit.parts()), commit.conditions(), commit.tracking());
  }

  private List<StreamAppend> again(List<StreamAppend> parts) {
    return parts.stream()
        .map(part ->
            switch (random.nextInt(6)) {
              case 0, 1 -> part;
              case 2 -> new StreamAppend(part.stream(), expected(part.stream()), part.events());
              case 3 ->
                  new StreamAppend(part.stream(), expected(part.stream()), part(part.events()));
              case 4 ->
                  new StreamAppend(
                      part.stream(), part.expected(), joined(part.events(), event(part.stream())));
              default -> new StreamAppend(part.stream(), part.expected(), part.events().reversed());
            })
        .toList();
  }

  /// Mostly as it is, and sometimes on conditions.
  private Commit bounded(List<StreamAppend> parts) {
    var commit = Commit.of(parts);
    while (kinds.contains(Kind.BOUNDARIES) && chance(25)) {
      commit = commit.onlyIf(AppendCondition.noneMatch(query()).after(head()));
    }
    if (kinds.contains(Kind.BOUNDARIES) && chance(12)) {
      var source = source();
      var recorded = model.trackingPosition(source).orElse(-1);
      commit = commit.tracking(source, near(recorded));
    }
    return commit;
  }

  private Query query() {
    var query = Query.everything();
    for (var items = random.nextInt(3); items > 0; items--) {
      var types = new LinkedHashSet<String>();
      var tags = new LinkedHashSet<Tag>();
      for (var i = random.nextInt(3); i > 0; i--) {
        types.add(TYPES[random.nextInt(TYPES.length)]);
      }
      for (var i = random.nextInt(3); i > 0; i--) {
        tags.add(Tag.of(TAGS[random.nextInt(TAGS.length)]));
      }
      query = query.or(new Query.Item(types, tags));
    }
    return query;
  }

  /// Mostly near to the end.
  private Head head() {
    var end = model.lastPosition().orElseThrow() + 1;
    return chance(60)
        ? new Head(Math.max(0, end - random.nextInt(4)))
        : chance(20) ? Head.START : new Head(random.nextLong(end + 3));
  }

  private String source() {
    return chance(50) ? "orders" : "payments";
  }

  private List<ProposedEvent> part(List<ProposedEvent> events) {
    if (events.isEmpty()) {
      return events;
    }
    var from = random.nextInt(events.size());
    return events.subList(from, from + 1 + random.nextInt(events.size() - from));
  }

  private static List<ProposedEvent> joined(List<ProposedEvent> events, ProposedEvent last) {
    var joined = new ArrayList<>(events);
    joined.add(last);
    return joined;
  }

  private List<ProposedEvent> events(StreamName stream) {
    var events = new ArrayList<ProposedEvent>();
    var count = chance(8) ? 0 : chance(60) ? 1 : 1 + random.nextInt(4);
    for (var i = 0; i < count; i++) {
      events.add(event(stream));
    }
    return events;
  }

  private ProposedEvent event(StreamName stream) {
    if (stream.isMetastream() && chance(95)) {
      var text =
          chance(60) ? MetadataJson.write(metadata(stream)) : pick(Arrays.asList(METADATA_TEXTS));
      var type = chance(95) ? RecordedEvent.METADATA_TYPE : "Odd";
      return (chance(95)
              ? ProposedEvent.json(type, text)
              : ProposedEvent.binary(type, text.getBytes(UTF_8)))
          .withId(id());
    }
    if (chance(12)) {
      return link().withId(id());
    }
    var type = TYPES[random.nextInt(TYPES.length)];
    var data =
        chance(2)
            ? "x".repeat(random.nextInt(40_000))
            : chance(5) ? "" : "{\"n\":%d}".formatted(random.nextInt(1000));
    var contentType = chance(80) ? ContentType.JSON : ContentType.BINARY;
    var metadata =
        chance(15)
            ? pick(CORRELATIONS)
            : chance(20) ? "{\"who\":\"Zoë %d\"}".formatted(random.nextInt(9)) : "";
    return new ProposedEvent(
        id(), type, contentType, data.getBytes(UTF_8), metadata.getBytes(UTF_8), tags());
  }

  private ProposedEvent link() {
    if (chance(10)) {
      var broken = List.of("", "1", "@plain", "x@plain", "-1@plain", "0@", "0@$$");
      return ProposedEvent.binary(RecordedEvent.LINK_TYPE, pick(broken).getBytes(UTF_8));
    }
    var stream = streamOrMetastream();
    var last = model.state(stream).lastRevision();
    return ProposedEvent.link(stream, near(last == Long.MAX_VALUE ? 3 : last));
  }

  private List<Tag> tags() {
    if (!kinds.contains(Kind.TAGS) || chance(60)) {
      return List.of();
    }
    var tags = new LinkedHashSet<Tag>();
    for (var i = random.nextInt(3); i >= 0; i--) {
      tags.add(Tag.of(TAGS[random.nextInt(TAGS.length)]));
    }
    return List.copyOf(tags);
  }

  private UUID id() {
    if (chance(4) && !recent.isEmpty()) {
      var part = pick(pick(recent).parts());
      if (!part.events().isEmpty()) {
        return pick(part.events()).id();
      }
    }
    return new UUID(random.nextLong(), random.nextLong() | 1);
  }

  private ExpectedState expected(StreamName stream) {
    var dice = random.nextInt(100);
    if (dice < 40) {
      return ExpectedState.any();
    } else if (dice < 55) {
      return ExpectedState.noStream();
    } else if (dice < 70) {
      return ExpectedState.streamExists();
    } else if (dice < 76 && kinds.contains(Kind.COMMITS_OF_SEVERAL_STREAMS)) {
      return chance(60) ? ExpectedState.deleted() : ExpectedState.tombstoned();
    }
    var last = model.state(stream).lastRevision();
    if (last == Long.MAX_VALUE) {
      return ExpectedState.atRevision(chance(50) ? last : 1);
    }
    return ExpectedState.atRevision(chance(60) ? Math.max(last, 0) : near(last));
  }

  private StreamMetadata metadata(StreamName stream) {
    var metadata = StreamMetadata.none();
    if (chance(30)) {
      metadata = metadata.withMaxCount(1 + random.nextInt(5));
    }
    if (chance(25) && kinds.contains(Kind.CLOCK)) {
      metadata = metadata.withMaxAge(Duration.ofSeconds(1 + random.nextInt(20)));
    }
    if (chance(30)) {
      var last = model.state(stream).lastRevision();
      metadata =
          metadata.withTruncateBefore(
              chance(5) ? Long.MAX_VALUE : near(last == Long.MAX_VALUE ? 0 : last));
    }
    if (chance(20)) {
      metadata = metadata.withCustom("key" + random.nextInt(3), "[1,{\"a\":\"ö\"}]");
    }
    if (chance(10)) {
      metadata =
          metadata.withAcl(
              new Acl(Map.of(Action.READ, List.of("ann", "bob"), Action.DELETE, List.of())));
    }
    return metadata;
  }

  // ---- reads

  private ReadOptions readOptions(long last) {
    var options = chance(50) ? ReadOptions.forwards() : ReadOptions.backwards();
    if (chance(50)) {
      options =
          options.from(chance(10) ? ReadOptions.END : near(last == Long.MAX_VALUE ? 0 : last));
    }
    if (chance(50)) {
      options = options.limit(random.nextInt(8));
    }
    if (kinds.contains(Kind.TIME) && chance(15)) {
      options = options.fromTime(time());
    }
    if (kinds.contains(Kind.TIME) && chance(25)) {
      options =
          chance(50)
              ? options.asOf(near(model.lastPosition().orElseThrow()))
              : options.asOf(time());
    }
    return chance(50) ? options.resolvingLinks() : options;
  }

  private SubscribeOptions start(long last) {
    var options = startedAnywhere(last);
    return chance(50) ? options.resolvingLinks() : options;
  }

  private SubscribeOptions startedAnywhere(long last) {
    if (kinds.contains(Kind.TIME) && chance(15)) {
      return SubscribeOptions.fromTime(time());
    } else if (chance(40)) {
      return SubscribeOptions.fromBeginning();
    } else if (chance(20)) {
      return SubscribeOptions.fromEnd();
    }
    return SubscribeOptions.after(
        last <= 0 || last == Long.MAX_VALUE ? 0 : random.nextLong(last + 1));
  }

  /// Mostly that of an event, or just beside it; sometimes far away.
  private Instant time() {
    if (chance(5)) {
      return pick(List.of(Instant.MIN, Instant.EPOCH, Instant.MAX));
    }
    var position = random.nextLong(model.lastPosition().orElseThrow() + 1);
    var event = model.readAll(ReadOptions.forwards().from(position).limit(1)).events().getFirst();
    return event
        .recorded()
        .plusNanos(pick(List.of(-1_000_000_000L, -1000L, -1L, 0L, 0L, 0L, 1L, 1000L)));
  }

  private Step.FollowAll followAll() {
    var options = start(model.lastPosition().orElseThrow()).filteredBy(filter());
    return new Step.FollowAll(
        kinds.contains(Kind.CHECKPOINTS) && chance(50)
            ? options.checkpointEvery(1 + random.nextInt(12))
            : options);
  }

  private EventFilter filter() {
    if (chance(40)) {
      return EventFilter.everything();
    }
    if (kinds.contains(Kind.TAGS) && chance(20)) {
      var tag = Tag.of(TAGS[random.nextInt(TAGS.length)]);
      var other = Tag.of(TAGS[random.nextInt(TAGS.length)]);
      return new EventFilter.Tagged(
          chance(50) ? Set.of(tag) : new LinkedHashSet<>(List.of(tag, other)));
    }
    if (kinds.contains(Kind.BOUNDARIES) && chance(20)) {
      return EventFilter.matching(query());
    }
    if (kinds.contains(Kind.FILTERS_BY_INDEX) && chance(30)) {
      return chance(50)
          ? new EventFilter.Category(pick(List.of("account", "order", "$sys", "none", "")))
          : new EventFilter.Types(
              pick(
                  List.of(
                      Set.of("Opened"), Set.of("Paid", "$metadata"), Set.of("$>"), Set.of("?"))));
    }
    return pick(
        List.of(
            EventFilter.streamPrefix("account"),
            EventFilter.streamPrefix("order-", "$$", "-"),
            EventFilter.typePrefix("O", "Pa"),
            EventFilter.typePrefix("$"),
            EventFilter.streamPrefix("account-1", "order-1-"),
            EventFilter.streamPrefix("pl"),
            EventFilter.typePrefix("$o"),
            new EventFilter.StreamRegex("-[13]$"),
            new EventFilter.StreamRegex("^account-(?!1$)"),
            new EventFilter.StreamRegex("^order-1-?"),
            new EventFilter.TypeRegex("^(?!(Paid$|\\$))"),
            new EventFilter.TypeRegex("^(?!(Opened|\\$)).*d$"),
            EventFilter.withoutSystemEvents()));
  }

  private ListOptions listOptions() {
    var options = ListOptions.all();
    if (chance(50)) {
      options = options.withPrefix(pick(List.of("a", "account-", "$", "$$", "x")));
    }
    if (chance(40)) {
      options = options.after(stream().value());
    }
    return chance(50) ? options.limit(1 + random.nextInt(5)) : options;
  }

  private Step.Advance advance() {
    return new Step.Advance(
        chance(10) ? Duration.ofSeconds(-2) : Duration.ofNanos(random.nextLong(8_000_000_000L)));
  }

  // ---- names and numbers

  private StreamName stream() {
    return StreamName.of(STREAMS[random.nextInt(STREAMS.length)]);
  }

  private StreamName streamOrMetastream() {
    return chance(15) ? streamOrOther().metastream() : chance(97) ? stream() : streamOrOther();
  }

  /// Mostly a stream, and sometimes a name that is special.
  private StreamName streamOrOther() {
    return chance(92)
        ? stream()
        : StreamName.of(
            pick(
                List.of(
                    "$all",
                    "$ce-account",
                    "$et-Paid",
                    "$streams",
                    "$category-order",
                    "$bc-c-1",
                    "$$account-1",
                    "$$$$plain",
                    "$tracking-orders",
                    "$$$tracking-orders")));
  }

  private StreamName anyStream() {
    var dice = random.nextInt(100);
    if (dice < 65) {
      return stream();
    } else if (dice < 80) {
      return stream().metastream();
    } else if (dice < 90) {
      return chance(50)
          ? StreamName.ofCategory(pick(List.of("account", "order", "none", "$sys")))
          : StreamName.ofStreamsOfCategory(pick(List.of("account", "order", "none", "$sys")));
    } else if (chance(50)) {
      return chance(40)
          ? StreamName.ofStreams()
          : StreamName.ofCorrelation(pick(List.of("c-1", "c-2", "7", "none")));
    }
    return StreamName.ofType(
        pick(List.of("Opened", "Paid", "$metadata", "$streamDeleted", "$>", "None")));
  }

  /// A number about a last one, from 0.
  private long near(long last) {
    return random.nextLong(Math.max(last, 0) + 3);
  }

  private boolean chance(int percent) {
    return random.nextInt(100) < percent;
  }

  private <T> T pick(List<T> things) {
    return things.get(random.nextInt(things.size()));
  }
}
