// SPDX-License-Identifier: Apache-2.0
//
// Asking functions about one event. Runs in a context of its own, beside the functions it asks, and so holds on to the
// built-in functions it needs before those can put others in their place.
//
// Evaluates to { check, select }. A record, as the functions see it, is made of what is always at hand; its other parts
// are asked for when they are touched.
(function () {
  'use strict';
  const { parse } = JSON;
  const { defineProperty, getPrototypeOf } = Object;
  const { isFinite, isInteger, isSafeInteger } = Number;
  const hasOwn = Function.prototype.call.bind(Object.prototype.hasOwnProperty);
  const plainFunction = Function.prototype;
  const skip = Symbol('skip');
  const LONG_MAX = 2n ** 63n;

  // The numbers of EventSelection.Parts.
  const DATA = 0, METADATA = 1, ID = 2, RECORDED = 3;

  defineProperty(globalThis, 'skip', { value: skip });

  // What is wrong with a value that should be a function of one record, or the empty text.
  function check(value) {
    if (typeof value !== 'function') {
      return 'it is ' + (value === undefined ? 'nothing' : value === null ? 'null' : 'of type ' + typeof value);
    }
    if (hasOwn(value, 'prototype') || getPrototypeOf(value) !== plainFunction) {
      return 'it is another kind of function than rec => …';
    }
    return value.length === 1 ? '' : 'it has ' + value.length + ' parameters';
  }

  function propertiesOf(text, type, format) {
    let properties;
    try {
      properties = parse(text);
    } catch (_) {
      properties = {}; // metadata is any bytes
    }
    if (typeof properties !== 'object' || properties === null) properties = {};
    properties['$schema.name'] ??= type;
    properties['$schema.format'] ??= format;
    return properties;
  }

  function recordOf(source, stream, revision, position, type, isJson, sequence) {
    let value;
    let hasValue = false;
    let properties;
    const record = {
      get id() { return source(ID); },
      get timestamp() { return source(RECORDED); },
      position: { stream, streamRevision: revision, logPosition: position },
      schema: {
        name: type,
        get format() { return record.properties['$schema.format']; },
      },
      sequence,
      redacted: false,
      get value() {
        if (!hasValue) {
          const text = isJson ? source(DATA) : '';
          value = text === '' ? undefined : parse(text);
          hasValue = true;
        }
        return value;
      },
      get properties() {
        return properties ??= propertiesOf(source(METADATA), type, isJson ? 'Json' : 'Bytes');
      },
    };
    return record;
  }

  function fits(value, type) {
    switch (type) {
      case 'STRING':
        return typeof value === 'string';
      case 'DOUBLE':
        return typeof value === 'number' && isFinite(value);
      case 'INT_32':
        return typeof value === 'number' && isInteger(value) && value >= -0x80000000 && value <= 0x7fffffff;
      default:
        return typeof value === 'bigint' ? value >= -LONG_MAX && value < LONG_MAX : isSafeInteger(value);
    }
  }

  function seen(value) {
    return value === undefined ? 'nothing' : value === null ? 'null' : 'a ' + typeof value;
  }

  // null for an event that is not wanted, a text for one that cannot be judged, and otherwise the values of the fields,
  // whole numbers as texts.
  function select(filter, selectors, names, types, source, stream, revision, position, type, isJson, sequence) {
    const record = recordOf(source, stream, revision, position, type, isJson, sequence);
    if (filter !== null) {
      const wanted = filter(record);
      if (wanted === false) return null;
      if (wanted !== true) return 'the filter gave ' + seen(wanted) + ', and is to give true or false';
    }
    const values = [];
    let some = selectors.length === 0;
    for (let i = 0; i < selectors.length; i++) {
      const selector = selectors[i];
      let value = selector(record);
      if (value === skip) return null;
      if (value === undefined || value === null) {
        value = null;
      } else if (!fits(value, types[i])) {
        return 'field ' + names[i] + ' is ' + types[i] + ', and its selector gave ' + seen(value);
      } else {
        some = true;
        if (types[i] === 'INT_32' || types[i] === 'INT_64') value = '' + value;
      }
      defineProperty(values, i, { value });
    }
    return some ? values : null;
  }

  return { __proto__: null, check, select };
})
