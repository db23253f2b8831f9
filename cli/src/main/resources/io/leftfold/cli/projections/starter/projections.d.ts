// SPDX-License-Identifier: Apache-2.0
//
// What a projection's script may say, for editors: written by "leftfold projections typings".
//
// The types are those of the language, not of a library: there is nothing to import. To have the bodies of your own
// events known, say what they are in a file beside this one:
//
//   declare namespace Leftfold {
//     interface EventBodies {
//       Deposited: { amount: number };
//     }
//   }

declare namespace Leftfold {
  /** The bodies of your events by type. Empty here; declare it again in a file of your own, and both are taken together. */
  interface EventBodies {}

  /** The body of a type of event, as far as `EventBodies` knows it. */
  type BodyOf<Type> = Type extends keyof EventBodies ? EventBodies[Type] : any;

  /** What may be emitted as the body of a type of event: an object, or an array. */
  type EmittedBody<Type> = Type extends keyof EventBodies ? EventBodies[Type] : object;

  /** What stands in metadata: a JSON object. */
  interface Metadata {
    /** The id of what this belongs to. */
    readonly $correlationId?: string;
    /** The id of the event that this came of. */
    readonly $causationId?: string;
    /** Of an emitted event: the id of the event that it came of. */
    readonly $causedBy?: string;
    readonly [name: string]: any;
  }

  /** An event as handlers see it. Its parts cannot be written to; JSON is parsed when it is first touched. */
  interface Event<Body = any> {
    /** Whether the data is JSON. If not, `data` and `body` are undefined, and `bodyRaw` has the text. */
    readonly isJson: boolean;
    /** The data, parsed. */
    readonly data: Body;
    /** The same as `data`. */
    readonly body: Body;
    /** The data as text. */
    readonly bodyRaw: string;
    /** The revision in its stream, from 0. */
    readonly sequenceNumber: number;
    /** The stream that it was appended to. */
    readonly streamId: string;
    readonly eventType: string;
    /** A UUID. */
    readonly eventId: string;
    /** The metadata, parsed; undefined if there is none. */
    readonly metadata: Metadata | undefined;
    /** The metadata as text; empty if there is none. */
    readonly metadataRaw: string;
    /** The metadata of the link that led here, parsed; undefined if none did. */
    readonly linkMetadata: Metadata | undefined;
    /** The metadata of the link that led here, as text; null if none did. */
    readonly linkMetadataRaw: string | null;
    /** The partition it belongs to; empty if there is one state, and inside `partitionBy`. */
    readonly partition: string;
    /** The category, where the source is one category; otherwise null. */
    readonly category: string | null;
    /** When it was recorded: ISO 8601, in UTC. A text, for dates do not survive in a state. */
    readonly created: string;
  }

  /** What a handler may return: the new state; or nothing, and the state it was given, as it was changed, is kept. `null` is no state: the next event begins with `$init`. */
  type NewState<State> = State | null | undefined | void;

  type Handler<State, Body> = (state: State, event: Event<Body>) => NewState<State>;

  /** The handlers with names of their own, whatever the state. */
  interface Begin<State> {
    /** The state of a partition before its first event. Default: `{}`. */
    $init?: () => State;
  }

  interface BeginShared<State, Shared> extends Begin<State> {
    /** The state that all partitions share. With it, a handler's state is the pair `[state, shared]`. */
    $initShared: () => Shared;
  }

  interface Special<State> {
    /** Takes the events that no other handler takes. */
    $any?: Handler<State, any>;
    /** Told of the first event of a partition, before it is handled. What it returns is ignored. */
    $created?: (state: State, event: Event<any>) => void;
  }

  interface OfDeletedStreams<State> {
    /** Told that a stream was deleted: change the state, what is returned or emitted is ignored. Only behind `foreachStream()`, and not with `$initShared`. */
    $deleted?: (state: State, event: null, partition: string, isSoftDelete: boolean) => void;
  }

  interface NotOfDeletedStreams {
    /** Only behind `foreachStream()`, and not with `$initShared`. */
    $deleted?: never;
  }

  type SpecialName = '$init' | '$initShared' | '$any' | '$created' | '$deleted';

  /** One handler for each type of event. */
  type ByType<State, Type extends string> = {
    [T in Type]: T extends SpecialName ? unknown : Handler<State, BodyOf<T>>;
  };

  /** Handlers by type of event, and those with a name of their own. */
  interface When {
    when<State = any, Shared = any, Type extends string = never>(
      handlers: BeginShared<State, Shared> & Special<[State, Shared]> & NotOfDeletedStreams
        & ByType<[State, Shared], Type>,
    ): Folded<[State, Shared]>;
    when<State = any, Type extends string = never>(
      handlers: Begin<State> & Special<State> & NotOfDeletedStreams & { $initShared?: never } & ByType<State, Type>,
    ): Folded<State>;
    /** Without handlers, the state is the body of the last event. */
    when(): Folded<any>;
  }

  /** As `When`, and streams that are deleted may be told of. */
  interface WhenOfStreams {
    when<State = any, Shared = any, Type extends string = never>(
      handlers: BeginShared<State, Shared> & Special<[State, Shared]> & NotOfDeletedStreams
        & ByType<[State, Shared], Type>,
    ): Folded<[State, Shared]>;
    when<State = any, Type extends string = never>(
      handlers: Begin<State> & Special<State> & OfDeletedStreams<State> & { $initShared?: never }
        & ByType<State, Type>,
    ): Folded<State>;
    /** Without handlers, the state of a stream is the body of its last event. */
    when(): Folded<any>;
  }

  /** Events of one or more streams. */
  interface FromStreams extends When {
    /** One state for each text or number that the function returns; an event for which it returns anything else is left out. */
    partitionBy(by: (event: Event<any>) => string | number | null | undefined | void): When;
    /** Has a result stream written, without handlers. */
    outputState(): Shown<any>;
  }

  /** Events of all streams, or of a category. */
  interface FromMany extends FromStreams {
    /** One state for each stream. */
    foreachStream(): WhenOfStreams;
  }

  /** What becomes of a state that is to be shown. */
  interface Shown<State> {
    /** The result is what the function returns; `null` and nothing are no result. */
    transformBy<Result>(by: (state: State) => Result): Transformed<NonNullable<Result>>;
    /** There is a result only if the function returns `true`, and nothing that is like it. */
    filterBy(by: (state: State) => boolean): Transformed<State>;
    /** The name of the result stream, and of those of partitions, where `{0}` is the partition. */
    outputTo(resultStream: string, partitionPattern?: string): void;
  }

  interface Transformed<State> extends Shown<State> {
    /** Has a result stream written. */
    outputState(): Shown<State>;
  }

  interface Folded<State> extends Transformed<State> {
    /** Has a result stream written. */
    $defines_state_transform(): void;
  }

  /** How a projection runs, as far as its script may say so. */
  interface Options {
    /** Whether links are events too, where all streams are read. */
    $includeLinks?: boolean;
    /** Accepted; events always come in the order of their positions. */
    reorderEvents?: boolean;
    /** Milliseconds, 50 or more. Accepted; events always come in the order of their positions. */
    processingLag?: number;
    /** The name of the result stream. */
    resultStreamName?: string;
    /** The name of the result stream of a partition, where `{0}` is the partition. */
    partitionResultStreamNamePattern?: string;
    /** Whether all partitions share a second state; `$initShared` says so too. */
    biState?: boolean;
  }

  /** What a link points to: an event, or what has its stream and revision. */
  interface Linked {
    readonly streamId: string;
    readonly sequenceNumber: number;
  }
}

// ---- At the top of a script ------------------------------------------------------------------------------------

/** All streams, but for those of the system. */
declare function fromAll(): Leftfold.FromMany;

/** One stream, ordinary or virtual: `$ce-account`, `$et-Deposited`. */
declare function fromStream(stream: string): Leftfold.FromStreams;

/** Several streams, in the order of positions. */
declare function fromStreams(streams: readonly [string, ...string[]]): Leftfold.FromStreams;
declare function fromStreams(first: string, ...more: string[]): Leftfold.FromStreams;

/** All streams of a category: whose name begins with it and a `-`. */
declare function fromCategory(category: string): Leftfold.FromMany;
declare function fromCategory(categories: readonly [string]): Leftfold.FromMany;
/** Several categories; they cannot be partitioned by stream. */
declare function fromCategory(categories: readonly [string, ...string[]]): Leftfold.FromStreams;
declare function fromCategory(first: string, second: string, ...more: string[]): Leftfold.FromStreams;

/** Several categories; they cannot be partitioned by stream. */
declare function fromCategories(categories: readonly [string, ...string[]]): Leftfold.FromStreams;
declare function fromCategories(first: string, ...more: string[]): Leftfold.FromStreams;

/** How the projection runs. */
declare function options(options: Leftfold.Options): void;

/** @deprecated Use `when`. */
declare function on_event<Type extends string>(
  type: Type, handler: Leftfold.Handler<any, Leftfold.BodyOf<Type>>): void;

/** @deprecated Use `$any` in `when`. */
declare function on_any(handler: Leftfold.Handler<any, any>): void;

// ---- In handlers -----------------------------------------------------------------------------------------------

/** Appends an event of JSON. It is written in the same commit as the state, once. */
declare function emit<Type extends string>(
  streamId: string, eventType: Type, body: Leftfold.EmittedBody<Type>, metadata?: object): void;

/** Appends a link to an event. */
declare function linkTo(streamId: string, event: Leftfold.Linked, metadata?: object): void;

/** Appends the name of a stream. */
declare function linkStreamTo(streamId: string, linkedStreamId: string, metadata?: object): void;

/** @deprecated Does nothing. */
declare function copyTo(...ignored: any[]): void;

/** Says something to whoever debugs or tests; objects are shown as JSON. */
declare function log(...values: unknown[]): void;
