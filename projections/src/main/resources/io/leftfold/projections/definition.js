// SPDX-License-Identifier: Apache-2.0
//
// What a script may say about itself while its text is run once: sources, handlers, partitions, results, options.
// Evaluates to a function that puts the selectors into the global scope and returns the definition they write to.
(function () {
  'use strict';
  const { isArray } = Array;
  const { keys, defineProperty, create, freeze } = Object;
  const global = globalThis;
  const selectors = [];
  const lower = Function.prototype.call.bind(String.prototype.toLowerCase);

  const definition = {
    __proto__: null,
    source: '', all: false, streams: [], categories: [],
    types: [], handlers: [], any: null,
    init: null, initShared: null, created: [], deleted: null,
    partitioning: 'none', partitionBy: null,
    biState: false, includeLinks: false, reorderEvents: false, processingLag: -1,
    resultStream: null, partitionResultStream: null,
    outputState: false, transformsState: false, chain: [],
    notes: [],
    isOpen: true,
    suggest: null,
  };
  const indexes = create(null);

  function describe(value) {
    if (value === null) return 'null';
    if (isArray(value)) return 'an array';
    return typeof value === 'undefined' ? 'nothing' : 'a ' + typeof value;
  }

  function open(name) {
    if (!definition.isOpen) {
      throw new ReferenceError(name + ' is not defined inside handlers: a projection says what it reads at the top of its script');
    }
  }

  function text(subject, value) {
    if (typeof value !== 'string') {
      throw new TypeError(subject + ' takes a name in quotes, got ' + describe(value));
    }
    if (value === '') throw new TypeError(subject + ' takes a name of at least one character, got an empty one');
    return value;
  }

  function callable(subject, value) {
    if (typeof value !== 'function') throw new TypeError(subject + ' takes a function, got ' + describe(value));
    return value;
  }

  // One array, or the names one after the other.
  function several(subject, values) {
    const names = values.length === 1 && isArray(values[0]) ? values[0] : values;
    if (names.length === 0) throw new TypeError(subject + ' takes at least one name, got none');
    const result = [];
    for (let i = 0; i < names.length; i++) result[i] = text(subject, names[i]);
    return result;
  }

  function from(selector) {
    open(selector);
    if (definition.source !== '') {
      throw new Error('A projection has one source, got ' + definition.source + '() and then ' + selector
        + '(); to read several streams use fromStreams(["a", "b"])');
    }
    definition.source = selector;
  }

  function addType(type, handler) {
    if (indexes[type] !== undefined) {
      throw new Error('An event type has one handler, got a second one for "' + type + '"; put both into one function');
    }
    indexes[type] = definition.types.length;
    definition.types[definition.types.length] = type;
    definition.handlers[definition.handlers.length] = handler;
  }

  function once(name, key, handler) {
    if (definition[name] !== null) {
      throw new Error('A projection has one handler ' + key + ', got a second one; put both into one function');
    }
    definition[name] = handler;
  }

  function add(key, handler) {
    switch (key) {
      case '$init': once('init', key, handler); break;
      case '$initShared': once('initShared', key, handler); definition.biState = true; break;
      case '$any': once('any', key, handler); break;
      case '$created': definition.created[definition.created.length] = handler; break;
      case '$deleted': once('deleted', key, handler); break;
      default: {
        const near = key[0] === '$' ? definition.suggest('handler', key) : '';
        if (near !== '') {
          definition.notes[definition.notes.length] = 'Handler "' + key + '" is for events of that type; was "' + near + '" meant?';
        }
        addType(key, handler);
      }
    }
  }

  const methods = {
    __proto__: null,
    when(handlers) {
      open('when');
      if (handlers !== null && typeof handlers === 'object') {
        const names = keys(handlers);
        for (let i = 0; i < names.length; i++) {
          const handler = handlers[names[i]];
          if (typeof handler === 'function') {
            add(names[i], handler);
          } else {
            definition.notes[definition.notes.length] =
              'when: "' + names[i] + '" is ' + describe(handler) + ' and no function, so it handles nothing';
          }
        }
      }
      return folded;
    },
    foreachStream() {
      open('foreachStream');
      definition.partitioning = 'stream';
      return chosen;
    },
    partitionBy(by) {
      open('partitionBy');
      definition.partitionBy = callable('partitionBy', by);
      definition.partitioning = 'custom';
      return chosen;
    },
    outputState() {
      open('outputState');
      definition.outputState = true;
      return shown;
    },
    transformBy(by) {
      return link('transformBy', 'transform', by);
    },
    filterBy(by) {
      return link('filterBy', 'filter', by);
    },
    outputTo(stream, pattern) {
      open('outputTo');
      definition.outputState = true;
      definition.resultStream = text('outputTo', stream);
      if (pattern !== undefined) definition.partitionResultStream = text('outputTo', pattern);
    },
    $defines_state_transform() {
      open('$defines_state_transform');
      definition.transformsState = true;
      definition.outputState = true;
    },
  };

  function link(name, kind, by) {
    open(name);
    definition.chain[definition.chain.length] = { __proto__: null, kind, by: callable(name, by) };
    definition.outputState = true;
    return transformed;
  }

  function chain(...names) {
    const result = {};
    for (let i = 0; i < names.length; i++) result[names[i]] = methods[names[i]];
    return result;
  }

  const chosen = chain('when');
  const shown = chain('transformBy', 'filterBy', 'outputTo');
  const transformed = chain('transformBy', 'filterBy', 'outputState', 'outputTo');
  const folded = chain('transformBy', 'filterBy', 'outputState', 'outputTo', '$defines_state_transform');
  const ofStreams = chain('when', 'partitionBy', 'outputState');
  const ofMany = chain('when', 'partitionBy', 'outputState', 'foreachStream');
  [chosen, shown, transformed, folded, ofStreams, ofMany].forEach(freeze);

  function categories(selector, values) {
    from(selector);
    const names = several(selector, values);
    if (names.length === 1) {
      definition.categories = names;
    } else {
      for (let i = 0; i < names.length; i++) definition.streams[i] = '$ce-' + names[i];
    }
    return ofMany;
  }

  const optionTypes = {
    __proto__: null,
    $includelinks: ['includeLinks', 'boolean'],
    reorderevents: ['reorderEvents', 'boolean'],
    processinglag: ['processingLag', 'number'],
    resultstreamname: ['resultStream', 'string'],
    partitionresultstreamnamepattern: ['partitionResultStream', 'string'],
    bistate: ['biState', 'boolean'],
  };

  const functions = {
    __proto__: null,
    fromAll() {
      from('fromAll');
      definition.all = true;
      return ofMany;
    },
    fromStream(stream) {
      from('fromStream');
      definition.streams = [text('fromStream', stream)];
      return ofStreams;
    },
    fromStreams(...streams) {
      from('fromStreams');
      definition.streams = several('fromStreams', streams);
      return ofStreams;
    },
    fromCategory(...names) {
      return categories('fromCategory', names);
    },
    fromCategories(...names) {
      return categories('fromCategories', names);
    },
    on_event(type, handler) {
      open('on_event');
      addType(text('on_event', type), callable('on_event', handler));
    },
    on_any(handler) {
      open('on_any');
      once('any', '$any', callable('on_any', handler));
    },
    options(values) {
      open('options');
      if (values === null || typeof values !== 'object') return;
      const names = keys(values);
      for (let i = 0; i < names.length; i++) {
        const option = optionTypes[lower(names[i])];
        if (option === undefined) {
          const near = definition.suggest('option', names[i]);
          throw new Error('Unrecognized option: ' + names[i]
            + (near === '' ? '' : '; was "' + near + '" meant?'));
        }
        const value = values[names[i]];
        if (typeof value !== option[1] || value !== value) {
          throw new TypeError('Invalid value of option ' + names[i] + ': it takes a ' + option[1] + ', got ' + describe(value));
        }
        definition[option[0]] = value;
      }
    },
  };

  for (const name of keys(functions)) {
    selectors.push(name);
    defineProperty(global, name, { value: functions[name], writable: true, configurable: true, enumerable: false });
  }

  // The selectors go, unless the script has put something of its own in their place.
  definition.close = function () {
    definition.isOpen = false;
    for (let i = 0; i < selectors.length; i++) {
      if (global[selectors[i]] === functions[selectors[i]]) delete global[selectors[i]];
    }
  };
  return definition;
})
