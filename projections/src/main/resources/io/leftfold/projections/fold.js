// SPDX-License-Identifier: Apache-2.0
//
// One step of a fold, and the states it works on. Runs in the projection's own context, beside the script, and so
// holds on to the built-in functions it needs before the script can put others in their place.
//
// Evaluates to a function (definition, host, limits, events, texts, phase); host are the functions of the other side.
(function (definition, host, limits, events, texts, phase) {
  'use strict';
  const { isArray } = Array;
  const { isFrozen, values, getPrototypeOf, prototype: plainPrototype } = Object;
  const { parse, stringify } = JSON;
  const { Event, broken } = events;
  const { json, isOrdinary, shallowChars, isShallow } = texts;
  const { state: stateChars } = limits;
  const LINK_METADATA = 2, STREAM_KEY = 10, HANDED_OVER = 1 << 20;
  const MapOf = Map;
  const own = { get: Map.prototype.get, set: Map.prototype.set, delete: Map.prototype.delete, keys: Map.prototype.keys };
  const next = Function.prototype.call.bind(new Map().keys().next);
  const sizeOf = Function.prototype.call.bind(Object.getOwnPropertyDescriptor(Map.prototype, 'size').get);
  const isPromise = Function.prototype.call.bind(Object.prototype.isPrototypeOf, Promise.prototype);

  // Its own methods hide those of the prototype, which the script may replace.
  function map() {
    const result = new MapOf();
    result.get = own.get;
    result.set = own.set;
    result.delete = own.delete;
    result.keys = own.keys;
    return result;
  }

  // ---- States ---------------------------------------------------------------------------------------------------

  const slots = map();
  // What all of them came to, as far as that is known: when they were saved or loaded.
  let heldChars = 0;
  // What has changed since the last save, from slot to slot, the last one first: arrays are the script's to tamper with.
  let firstDirty = null;
  let saves = 0;
  let shared;
  let sharedKnown = false;
  let sharedDirty = false;
  let current = null;
  let lastKey;
  let lastSlot;
  let careful = false;
  // Whether a partition is entered anew though it was the last one.
  let entersAlways = false;
  const undo = { slot: null, known: false, text: null, shared: null };

  // A slot is the state of a partition. It is known to be there once something was saved for it, be it nothing.
  // What the definition says, once it says all.
  let handlers;
  let any;
  let biState;

  function ready() {
    ({ handlers, biState } = definition);
    entersAlways = biState;
    any = definition.any ?? body;
    phase.emits = true;
  }

  function slotOf(key) {
    let slot = slots.get(key);
    if (slot === undefined) {
      const text = host.load(key);
      slot = { key, head: '\n' + key.length + ' ' + key, state: undefined, exists: text !== null, chars: 0, dirtyIn: -1, nextDirty: null };
      if (text !== null) measure(slot, text);
      if (text !== null && text !== '') slot.state = parse(text);
      slots.set(key, slot);
    }
    return slot;
  }

  function measure(slot, text) {
    heldChars += text.length - slot.chars;
    slot.chars = text.length;
  }

  function loadShared() {
    if (!sharedKnown) {
      const text = host.loadShared();
      shared = text !== null && text !== '' ? parse(text) : undefined;
      sharedKnown = true;
    }
    if ((shared === undefined || shared === null) && definition.initShared !== null) {
      shared = definition.initShared();
      sharedDirty = true;
    }
    if (shared === undefined || shared === null) shared = {};
  }

  function initialize(slot) {
    const initial = definition.init === null ? {} : definition.init();
    slot.state = initial === undefined || initial === null ? {} : initial;
  }

  function begin(slot, event) {
    initialize(slot);
    if (!slot.exists) {
      slot.exists = true;
      for (let i = 0; i < definition.created.length; i++) call(slot, definition.created[i], event, true);
    }
  }

  // Calls a handler with the state of a slot, and takes what it leaves or returns.
  function call(slot, handler, event, ignored) {
    if (!biState) {
      const result = handler(slot.state, event);
      if (result !== undefined && !ignored) slot.state = settled(result);
      return;
    }
    let pair = [slot.state, shared];
    const result = handler(pair, event);
    if (result !== undefined && !ignored) {
      pair = settled(result);
      if (!isArray(pair)) {
        throw new TypeError('A handler of a projection with shared state returns [state, sharedState] or nothing, got '
          + (pair === null ? 'null' : 'a ' + typeof pair));
      }
    }
    slot.state = pair[0];
    shared = pair[1];
    sharedDirty = true;
  }

  function settled(result) {
    if (typeof result === 'object' && result !== null && isPromise(result)) {
      throw new TypeError('A handler returns the new state or nothing, got a promise; leave out async and await');
    }
    return result;
  }

  function body(state, event) {
    return event.isJson ? event.data : event.bodyRaw;
  }

  function keyOf(source) {
    phase.emits = false;
    const key = definition.partitionBy(new Event({ source, partition: '', data: undefined, others: null }));
    phase.emits = true;
    return typeof key === 'string' ? key : typeof key === 'number' ? '' + key : null;
  }

  // The partition of an event: null if it belongs to none, undefined if only its step may say.
  function partitionOf(source) {
    current = null;
    undo.slot = null;
    const key = definition.partitioning === 'custom' ? keyOf(source) : ofLink(source);
    if (!broken.data) return key;
    broken.data = false;
    return undefined;
  }

  // Whether a value stays what it is, whoever has it in hand.
  function isFixed(value, depth) {
    if (typeof value !== 'object' || value === null) return true;
    if (depth > limits.depth || !isFrozen(value)) return false;
    const held = values(value);
    for (let i = 0; i < held.length; i++) {
      if (!isFixed(held[i], depth + 1)) return false;
    }
    return isArray(value) || getPrototypeOf(value) === plainPrototype;
  }

  function ofLink(source) {
    const text = source(LINK_METADATA);
    const metadata = text === null || text === '' ? null : parse(text);
    const origin = metadata === null || typeof metadata !== 'object' ? undefined : metadata.$o;
    return typeof origin === 'string' ? origin : source(STREAM_KEY);
  }

  function enter(key) {
    current = key;
    const slot = slotOf(key);
    lastKey = key;
    lastSlot = slot;
    if (biState) loadShared();
    if (careful) {
      undo.slot = slot;
      undo.known = slot.exists;
      undo.text = stateText(slot);
      undo.shared = biState ? json(shared, stateChars) : null;
    }
    return slot;
  }

  function leave(slot) {
    slot.dirtyIn = saves;
    slot.nextDirty = firstDirty;
    firstDirty = slot;
  }

  function stateText(slot) {
    const text = json(slot.state, stateChars);
    return text === undefined || text === 'null' ? '' : text;
  }

  // An event is handled, or the other side is told why it was not: 0 it belongs to no partition, 2 its data is no JSON.
  // Nothing is caught: what is thrown again has lost its place. Each node of this costs each event.
  function step(source, index, given) {
    current = given;
    if (careful) undo.slot = null;
    let key = given;
    if (key === null) {
      key = definition.partitioning === 'custom' ? keyOf(source) : ofLink(source);
      if (key === null) {
        host.leftOut(broken.data ? 2 : 0);
        return;
      }
      current = key;
    }
    let slot = lastSlot;
    if (key !== lastKey || entersAlways) {
      // Entering takes two calls: only what is new, or must be entered, pays for them.
      slot = entersAlways ? undefined : slots.get(key);
      if (slot === undefined) slot = enter(key);
      else {
        lastKey = key;
        lastSlot = slot;
      }
    }
    const event = new Event({ source, partition: key, data: undefined, others: null });
    if (slot.state === undefined || slot.state === null) begin(slot, event);
    const handler = index >= 0 ? handlers[index] : any;
    if (biState) {
      call(slot, handler, event, false);
    } else {
      const result = handler(slot.state, event);
      if (result !== undefined) slot.state = settled(result);
    }
    if (broken.data) host.leftOut(2);
    else if (slot.dirtyIn !== saves) {
      // As leave().
      slot.dirtyIn = saves;
      slot.nextDirty = firstDirty;
      firstDirty = slot;
    }
  }

  // What a deleted stream makes the script emit is dropped by the other side. There is no event that $created could be
  // given, and a partition that begins with its end was never created.
  function deleted(key, isSoft) {
    undo.slot = null;
    const slot = enter(key);
    if (slot.state === undefined || slot.state === null) initialize(slot);
    slot.exists = true;
    definition.deleted(slot.state, null, key, isSoft);
    if (slot.dirtyIn !== saves) leave(slot);
    return 1;
  }

  function result(key) {
    const slot = slotOf(key);
    if (slot.state === undefined || slot.state === null) return '';
    let value = slot.state;
    if (definition.chain.length > 0) {
      if (biState) loadShared();
      // A copy, so that what they change in it is in the result alone.
      value = parse(json(biState ? [slot.state, shared] : slot.state, stateChars));
    }
    for (let i = 0; i < definition.chain.length; i++) {
      const { kind, by } = definition.chain[i];
      phase.emits = false;
      const given = by(value);
      phase.emits = true;
      if (kind === 'transform') value = given;
      else if (given !== true) return '';
      if (value === undefined || value === null) return '';
    }
    const text = json(value, stateChars);
    return text === undefined ? '' : text;
  }

  // Hands over many states at a time, for each call of the other side costs as much as a state: of each a line end, the
  // length of its key, a blank, the key, and its JSON, which has no line ends. What has changed last comes first.
  function save() {
    let texts = '';
    for (let slot = firstDirty; slot !== null; slot = slot.nextDirty) {
      current = slot.key;
      let text;
      if (isOrdinary) {
        // As in stateText: a call for each state would take longer than making its JSON.
        try {
          text = stringify(slot.state);
        } catch (_) {
          // It is thrown again below, or what is wrong is told more precisely.
        }
      }
      if (text === undefined || (text.length > shallowChars && (text.length > stateChars || !isShallow(text)))) {
        text = stateText(slot);
      } else if (text === 'null') text = '';
      const { length } = text;
      heldChars += length - slot.chars;
      slot.chars = length;
      texts += slot.head + text;
      if (texts.length > HANDED_OVER) {
        host.save(texts);
        texts = '';
      }
    }
    if (texts !== '') host.save(texts);
    if (sharedDirty) {
      current = null;
      host.saveShared(json(shared, stateChars) ?? '');
      sharedDirty = false;
    }
    saves++;
    firstDirty = null;
  }

  // Lets go of the states that were taken up first. Only for when all are saved.
  function forget(kept, keptChars) {
    const walk = slots.keys();
    lastKey = lastSlot = undefined;
    while (sizeOf(slots) > kept || (heldChars > keptChars && sizeOf(slots) > 0)) {
      const key = next(walk).value;
      heldChars -= slots.get(key).chars;
      slots.delete(key);
    }
    return sizeOf(slots);
  }

  function restore() {
    broken.data = false;
    const { slot } = undo;
    if (slot === null) return;
    slot.exists = undo.known;
    slot.state = undo.text === '' ? undefined : parse(undo.text);
    if (biState) shared = parse(undo.shared);
    undo.slot = null;
  }

  return {
    __proto__: null,
    ready, step, deleted, partitionOf, result, save, forget, restore,
    isFixed(value) { return isFixed(value, 0); },
    stateOf(key) { return stateText(slotOf(key)); },
    sharedState() {
      loadShared();
      return json(shared, stateChars) ?? '';
    },
    // Asked once after a step that failed.
    hadBrokenData() {
      const { data } = broken;
      broken.data = false;
      phase.emits = true;
      return data;
    },
    currentKey() { return current; },
    beCareful(value) {
      careful = value;
      entersAlways = careful || biState;
      undo.slot = null;
    },
  };
})
