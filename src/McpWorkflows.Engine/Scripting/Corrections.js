// Where Jint 4.18, or .NET without ICU, departs from ECMA-262 in what workflow scripts use. Evaluated once per run, before
// the prelude; like it, independent of what a script does to the built-ins later.
(function (host) {
  'use strict';

  const apply = Reflect.apply;
  const defineProperty = Object.defineProperty;
  const setPrototypeOf = Object.setPrototypeOf;
  const hasOwn = Object.hasOwn;
  const isArray = Array.isArray;
  const trunc = Math.trunc;
  const max = Math.max;
  const toText = String;
  const NativeTypeError = TypeError;
  const NativeRangeError = RangeError;
  const toObject = Object;
  const { normalizeText, compareTexts } = host;
  const test = RegExp.prototype.test;
  const match = String.prototype.match;
  const valuesOf = Array.prototype.values;
  const nativeSlice = Array.prototype.slice;
  const nativeIterator = String.prototype[Symbol.iterator];
  const StringIteratorPrototype = Object.getPrototypeOf(''[Symbol.iterator]());

  // Below the first combining mark, and without carriage returns, every code point is a cluster of its own.
  const clustersArePoints = /^[^\r\u0300-\uffff]*$/;
  const codePoint = /[^]/gu;

  function replace(owner, key, method) {
    defineProperty(owner, key, { __proto__: null, value: method, writable: true, enumerable: false, configurable: true });
  }

  // Jint iterates strings by grapheme cluster; the standard says code point.
  const { iterate } = {
    iterate: {
      [Symbol.iterator]() {
        if (this === undefined || this === null) throw new NativeTypeError('String.prototype[Symbol.iterator] called on ' + this);
        const text = toText(this);
        return apply(test, clustersArePoints, [text])
          ? apply(nativeIterator, text, [])
          : setPrototypeOf(apply(valuesOf, apply(match, text, [codePoint]), []), StringIteratorPrototype);
      },
    }[Symbol.iterator],
  };
  replace(String.prototype, Symbol.iterator, iterate);

  // Jint's slice(n) loses the last n elements of arrays that are frozen, sealed or filled by definition.
  const { slice } = {
    slice(start, end) {
      const from = trunc(+start) || 0;
      const part = apply(nativeSlice, this, [from, end]);
      const count = part.length;
      if (!isArray(this) || count === 0 || hasOwn(part, count - 1)) return part;
      const first = from < 0 ? max(this.length + from, 0) : from;
      for (let i = 0; i < count; i++) {
        if (hasOwn(this, first + i)) {
          defineProperty(part, i, { __proto__: null, value: this[first + i], writable: true, enumerable: true, configurable: true });
        }
      }
      return part;
    },
  };
  defineProperty(slice, 'length', { __proto__: null, value: 2, writable: false, enumerable: false, configurable: true });
  replace(Array.prototype, 'slice', slice);

  function textOf(value, method) {
    if (value === undefined || value === null) throw new NativeTypeError('String.prototype.' + method + ' called on ' + value);
    return `${value}`;
  }

  const { normalize } = {
    normalize() {
      const text = textOf(this, 'normalize');
      const form = arguments[0] === undefined ? 'NFC' : `${arguments[0]}`;
      if (form !== 'NFC' && form !== 'NFD' && form !== 'NFKC' && form !== 'NFKD')
        throw new NativeRangeError('The normalization form should be one of NFC, NFD, NFKC, NFKD.');
      return normalizeText(text, form);
    },
  };
  replace(String.prototype, 'normalize', normalize);

  function choice(options, name, first, second, third, fourth) {
    const value = options[name];
    if (value === undefined) return undefined;
    const text = `${value}`;
    if (text !== first && text !== second && text !== third && text !== fourth)
      throw new NativeRangeError('Value ' + text + ' out of range for localeCompare options property ' + name);
    return text;
  }

  // Without Intl the standard leaves the order open; this is the alphabetical one that scripts rely on.
  const { localeCompare } = {
    localeCompare(that) {
      const left = textOf(this, 'localeCompare');
      const right = `${that}`;
      const given = arguments[2];
      if (given === undefined) return compareTexts(left, right, true, true, false, false, false);
      if (given === null) throw new NativeTypeError('The options of localeCompare cannot be null');
      const options = toObject(given);
      const numeric = options.numeric;
      const caseFirst = choice(options, 'caseFirst', 'upper', 'lower', 'false');
      const sensitivity = choice(options, 'sensitivity', 'base', 'accent', 'case', 'variant');
      return compareTexts(
        left,
        right,
        sensitivity !== 'base' && sensitivity !== 'case',
        sensitivity !== 'base' && sensitivity !== 'accent',
        numeric !== undefined && !!numeric,
        caseFirst === 'upper',
        !!options.ignorePunctuation);
    },
  };
  replace(String.prototype, 'localeCompare', localeCompare);
})
