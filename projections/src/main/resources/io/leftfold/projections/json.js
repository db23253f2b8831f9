// SPDX-License-Identifier: Apache-2.0
//
// The JSON that states and emitted events become.
//
// Evaluates to a function (events, refuse, depthMax, isOrdinary) that returns { json, isOrdinary, shallowChars, isShallow }.
// json is a function (value, characters): the JSON of a value, or undefined where it has none. isOrdinary: the script makes
// nothing of which JSON.stringify gives something else than write(); what has JSON of at most shallowChars, or isShallow,
// does not nest too deep.
(function (events, refuse, depthMax, isOrdinary) {
  'use strict';
  const { isArray } = Array;
  const { keys: keysOf, create, getPrototypeOf, prototype: plainPrototype } = Object;
  const { stringify } = JSON;
  const { isEvent, keys: EVENT_KEYS } = events;
  const split = Function.prototype.call.bind(String.prototype.split);

  // Nothing so short nests too deep, for a level has a beginning and an end.
  const shallowChars = 2 * depthMax;
  const QUOTED_MAX = 1000;
  const quotedKeys = create(null);
  let quotedCount = 0;
  let allowed = 0;
  let room = 0;

  function quotedKey(key) {
    let quoted = quotedKeys[key];
    if (quoted === undefined) {
      quoted = stringify(key) + ':';
      if (quotedCount++ < QUOTED_MAX) quotedKeys[key] = quoted;
    }
    return quoted;
  }

  // Whether JSON.stringify gives what write() would: of plain objects and arrays of what has only one JSON. Takes the
  // room for it. What is interpreted is slow: most of what emits and saves comes this way.
  function isPlain(object, depth) {
    if (depth > depthMax || object.toJSON !== undefined) return false;
    if (getPrototypeOf(object) === plainPrototype && !isArray(object)) {
      const names = keysOf(object);
      const { length } = names;
      room -= 2;
      for (let i = 0; i < length && room >= 0; i++) {
        const name = names[i];
        const item = object[name];
        room -= name.length + 5;
        if (typeof item !== 'number' && !isPlainItem(item, depth)) return false;
      }
      return true;
    }
    if (!isArray(object)) return false;
    const { length } = object;
    room -= 2 + length;
    for (let i = 0; i < length && room >= 0; i++) {
      if (!isPlainItem(object[i], depth)) return false;
    }
    return true;
  }

  function isPlainItem(item, depth) {
    switch (typeof item) {
      case 'number':
        room -= 1;
        return true;
      case 'string':
        room -= item.length + 2;
        return true;
      case 'boolean':
        room -= 4;
        return true;
      case 'object':
        return item === null || isPlain(item, depth + 1);
      default:
        return item === undefined;
    }
  }

  // The JSON of a value, or undefined where it has none. No toJSON is asked, so a date is {}.
  function write(value, depth) {
    switch (typeof value) {
      case 'string':
        take(value.length + 2);
        return stringify(value);
      case 'number':
        take(1);
        return value - value === 0 ? '' + value : 'null';
      case 'boolean':
        take(4);
        return value ? 'true' : 'false';
      case 'bigint':
        return '"' + value + '"';
      case 'object':
        if (value === null) return 'null';
        if (depth > depthMax) {
          refuse('DEPTH', 'nests deeper than ' + depthMax + ' levels, or holds itself');
        }
        return isArray(value) ? writeArray(value, depth) : writeObject(value, depth);
      default:
        return undefined;
    }
  }

  function take(characters) {
    room -= characters;
    if (room < 0) refuse('SIZE', '' + allowed);
  }

  function writeArray(values, depth) {
    let json = '[';
    const length = values.length;
    take(2);
    for (let i = 0; i < length; i++) {
      const item = write(values[i], depth + 1);
      if (i > 0) json += ',';
      json += item === undefined ? 'null' : item;
      take(1);
    }
    return json + ']';
  }

  function writeObject(object, depth) {
    const names = isEvent(object) ? EVENT_KEYS : keysOf(object);
    let json = '{';
    let separator = '';
    take(2);
    for (let i = 0; i < names.length; i++) {
      const item = write(object[names[i]], depth + 1);
      if (item !== undefined) {
        const key = quotedKey(names[i]);
        take(key.length + 1);
        json += separator + key + item;
        separator = ',';
      }
    }
    return json + '}';
  }

  function isShallow(text) {
    return split(text, '{', depthMax + 2).length + split(text, '[', depthMax + 2).length - 2 <= depthMax;
  }

  function json(value, characters) {
    if (typeof value === 'object' && value !== null) {
      if (isOrdinary) {
        let text;
        try {
          text = stringify(value);
        } catch (_) {
          // It is thrown again below, or what is wrong is told more precisely.
        }
        if (text !== undefined && text.length <= characters && (text.length <= shallowChars || isShallow(text))) return text;
      }
      room = characters;
      if (isPlain(value, 1) && room >= 0) return stringify(value);
    }
    allowed = room = characters;
    return write(value, 1);
  }

  return { __proto__: null, json, isOrdinary, shallowChars, isShallow };
})
