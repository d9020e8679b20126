// The globals of a workflow script, over a few host functions. Evaluated once per run, before any script. Whatever
// it needs later is captured here and called through Reflect.apply, so that a script which patches the built-ins
// breaks only itself. It uses no iteration protocol (for-of, spread, array destructuring) for the same reason.
(function (host) {
  'use strict';

  const apply = Reflect.apply;
  const defineProperty = Object.defineProperty;
  const freeze = Object.freeze;
  const hasOwn = Object.hasOwn;
  const keysOf = Object.keys;
  const isArray = Array.isArray;
  const NativeArray = Array;
  const NativePromise = Promise;
  const NativeError = Error;
  const NativeTypeError = TypeError;
  const NativeRangeError = RangeError;
  const NativeSyntaxError = SyntaxError;
  const NativeReferenceError = ReferenceError;
  const toNumber = Number;
  const toText = String;
  const parseJson = JSON.parse;
  const writeJson = JSON.stringify;
  const promiseThen = Promise.prototype.then;
  const promiseResolve = Promise.resolve;
  const indexOf = String.prototype.indexOf;
  const slice = String.prototype.slice;
  const trim = String.prototype.trim;
  const test = RegExp.prototype.test;
  const NativeWeakSet = WeakSet;
  const addTo = WeakSet.prototype.add;
  const isIn = WeakSet.prototype.has;
  const stackOf = Object.getOwnPropertyDescriptor(Error.prototype, 'stack')?.get;
  const plainName = /^[A-Za-z_$][\w$]*$/;

  class WorkflowAgentCapError extends NativeError {}
  class WorkflowBudgetExceededError extends NativeError {}
  hide(WorkflowAgentCapError.prototype, 'name', 'WorkflowAgentCapError');
  hide(WorkflowBudgetExceededError.prototype, 'name', 'WorkflowBudgetExceededError');

  const pending = { __proto__: null };
  const agentErrors = new NativeWeakSet();
  const maxOpenTimers = 10000;
  let openTimers = 0;
  let lastRequest = 0;

  // In a slice each call stands for several of the whole run: all items over those that are run, multiplied where
  // fan-outs nest. What an answer sets going has the weight of its call, what follows a fan-out that of the fan-out.
  let weight = 1;

  function hide(target, name, value) {
    defineProperty(target, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true });
  }

  function put(array, index, value) {
    defineProperty(array, index, { __proto__: null, value, writable: true, enumerable: true, configurable: true });
  }

  function guard(owner, name) {
    const native = owner[name];
    const { [name]: guarded } = {
      [name](...args) {
        const result = apply(native, this, args);
        return result;
      },
    };
    defineProperty(guarded, 'length', { __proto__: null, value: native.length, writable: false, enumerable: false, configurable: true });
    hide(owner, name, guarded);
  }

  function errorOf(name, message) {
    switch (name) {
      case 'Error': return new NativeError(message);
      case 'TypeError': return new NativeTypeError(message);
      case 'RangeError': return new NativeRangeError(message);
      case 'SyntaxError': return new NativeSyntaxError(message);
      case 'ReferenceError': return new NativeReferenceError(message);
      case 'WorkflowAgentCapError': return new WorkflowAgentCapError(message);
      case 'WorkflowBudgetExceededError': return new WorkflowBudgetExceededError(message);
      default: {
        const error = new NativeError(message);
        hide(error, 'name', name);
        return error;
      }
    }
  }

  // The host refuses with one string, "Name: message".
  function throwRefusal(refusal) {
    const end = apply(indexOf, refusal, [': ']);
    throw errorOf(apply(slice, refusal, [0, end]), apply(slice, refusal, [end + 2]));
  }

  function rejected(error) {
    return new NativePromise((_, reject) => reject(error));
  }

  // Calls back with the outcome of a value that may be a promise; never throws.
  function settle(value, done, fail) {
    if ((typeof value !== 'object' || value === null) && typeof value !== 'function') {
      done(value);
      return;
    }
    try {
      apply(promiseThen, apply(promiseResolve, NativePromise, [value]), [done, fail]);
    } catch (error) {
      fail(error);
    }
  }

  function coerced(value) {
    try {
      const text = toText(value);
      return text === '[object Object]' ? writeJson(value) ?? text : text;
    } catch {
      return '[unprintable value]';
    }
  }

  function describe(error) {
    try {
      if (typeof error === 'object' && error !== null) {
        const name = error.name;
        const message = error.message;
        if (typeof message === 'string') {
          return typeof name === 'string' && name !== '' ? (message === '' ? name : name + ': ' + message) : message;
        }
      }
    } catch {
      return '[unprintable error]';
    }
    return coerced(error);
  }

  function stackText(error) {
    try {
      const stack = stackOf === undefined ? undefined : apply(stackOf, error, []);
      return typeof stack === 'string' ? stack : '';
    } catch {
      return '';
    }
  }

  function kindOf(value) {
    if (value === null) return 'null';
    if (value === undefined) return 'undefined';
    if (isArray(value)) return 'an array';
    if (isThenable(value)) return 'a promise (await it first)';
    switch (typeof value) {
      case 'object': return 'an object';
      case 'function': return 'a function';
      case 'symbol': return 'a symbol';
      default: return 'a ' + typeof value;
    }
  }

  function isThenable(value) {
    try {
      return (typeof value === 'object' || typeof value === 'function') && value !== null && typeof value.then === 'function';
    } catch {
      return false;
    }
  }

  // Where a value has no JSON form: a sentence that starts with its path, or undefined.
  function jsonFault(value, path, above, depth) {
    if (typeof value === 'bigint') {
      return path + ': a BigInt has no JSON form. Use Number(x) or String(x).';
    }
    if (typeof value !== 'object' || value === null || depth > 2000) {
      return undefined;
    }
    for (let link = above; link !== undefined; link = link.above) {
      if (link.value === value) {
        return path + ': refers back to ' + link.path + ', and a cycle has no JSON form. Return a copy without it.';
      }
    }
    const here = { __proto__: null, value, path, above };
    const keys = keysOf(value);
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      const step = isArray(value) ? '[' + key + ']'
        : apply(test, plainName, [key]) ? '.' + key
        : '[' + writeJson(key) + ']';
      const fault = jsonFault(value[key], path + step, here, depth + 1);
      if (fault !== undefined) return fault;
    }
    return undefined;
  }

  // JSON text; undefined for undefined. Throws an error that names the path.
  function jsonOf(value, root) {
    if (typeof value === 'function' || typeof value === 'symbol') {
      throw new NativeTypeError(root + ': a ' + typeof value + ' has no JSON form. Use data: objects, arrays, strings, numbers.');
    }
    try {
      return writeJson(value);
    } catch (error) {
      let fault;
      try {
        fault = jsonFault(value, root, undefined, 0);
      } catch {
        fault = undefined;
      }
      throw fault === undefined ? error : new NativeTypeError(fault);
    }
  }

  // Callers often send the arguments as JSON text of the object they mean.
  function readArgs(json) {
    if (json === undefined) return undefined;
    const value = parseJson(json);
    if (typeof value === 'string') {
      const text = apply(trim, value, []);
      if (text[0] === '{' || text[0] === '[') {
        try {
          return parseJson(text);
        } catch {
          return value;
        }
      }
    }
    return value;
  }

  function promptText(prompt) {
    switch (typeof prompt) {
      case 'string': return prompt;
      case 'number': case 'boolean': case 'bigint': return toText(prompt);
      default: throw new NativeTypeError('agent() needs a string as prompt, got ' + kindOf(prompt) + '.');
    }
  }

  function startAgent(scope, prompt, options) {
    const text = promptText(prompt);
    let json;
    if (options !== undefined && options !== null) {
      if (typeof options !== 'object' || isArray(options)) {
        throw new NativeTypeError('agent() takes its options as an object, got ' + kindOf(options) + '. Write agent(prompt, { … }).');
      }
      json = jsonOf(options, 'options');
    }
    const id = lastRequest + 1;
    const refusal = host.agent(id, text, json, scope.phase, scope.prefix, weight);
    if (refusal !== undefined) throwRefusal(refusal);
    lastRequest = id;
    return new NativePromise((resolve, reject) => {
      pending[id] = { __proto__: null, resolve, reject, weight, isAgent: true };
    });
  }

  function askPerson(question, options) {
    if (typeof question !== 'string') {
      throw new NativeTypeError('checkpoint() needs a string as question, got ' + kindOf(question) + '.');
    }
    let json;
    if (options !== undefined && options !== null) {
      if (typeof options !== 'object' || isArray(options)) {
        throw new NativeTypeError('checkpoint() takes its options as an object, got ' + kindOf(options)
          + '. Write checkpoint(question, { schema, default, timeoutMs }).');
      }
      json = jsonOf(options, 'options');
    }
    const id = lastRequest + 1;
    const refusal = host.question(id, question, json);
    if (refusal !== undefined) throwRefusal(refusal);
    lastRequest = id;
    return new NativePromise((resolve, reject) => {
      pending[id] = { __proto__: null, resolve, reject, weight };
    });
  }

  function checkList(list, what, of) {
    if (!isArray(list)) {
      throw new NativeTypeError(what + '() expects an array of ' + of + ', got ' + kindOf(list) + '.');
    }
    if (list.length > host.maxItems) {
      throw new NativeRangeError(what + '() takes at most ' + host.maxItems + ' items, got ' + list.length + '. Split the list into batches.');
    }
  }

  // How many of a fan-out's items are run.
  function cut(what, count, most) {
    if (most === undefined || count <= most) return count;
    host.log('info', 'slice: ' + what + ' takes the first ' + most + ' of its ' + count + ' items; the others give null');
    return most;
  }

  function runParallel(scope, thunks, most) {
    try {
      checkList(thunks, 'parallel', 'functions');
      const count = thunks.length;
      const calls = new NativeArray(count);
      for (let i = 0; i < count; i++) {
        const thunk = thunks[i];
        if (typeof thunk !== 'function') {
          throw new NativeTypeError(isThenable(thunk)
            ? 'parallel() expects an array of functions, not promises. Wrap each call: () => agent(...)'
            : 'parallel() expects an array of functions, but item ' + i + ' is ' + kindOf(thunk) + '. Wrap each call: () => agent(...)');
        }
        put(calls, i, thunk);
      }
      const taken = cut('parallel', count, most);
      const outer = weight;
      const inner = taken === count ? outer : outer * count / taken;
      return new NativePromise(resolve => {
        const results = new NativeArray(count);
        for (let i = taken; i < count; i++) put(results, i, null);
        let open = taken;
        const finish = (i, value) => {
          put(results, i, value);
          if (--open !== 0) return;
          weight = outer;
          resolve(results);
        };
        const fail = (i, error) => {
          branchFailed(scope, 'parallel[' + i + ']', error);
          finish(i, null);
        };
        if (count === 0) resolve(results);
        for (let i = 0; i < taken; i++) {
          let value;
          weight = inner;
          try {
            value = apply(calls[i], undefined, []);
          } catch (error) {
            fail(i, error);
            continue;
          }
          settle(value, result => finish(i, result), error => fail(i, error));
        }
        weight = outer;
      });
    } catch (error) {
      return rejected(error);
    }
  }

  function runPipeline(scope, items, stages, most) {
    try {
      checkList(items, 'pipeline', 'items');
      for (let s = 0; s < stages.length; s++) {
        if (typeof stages[s] !== 'function') {
          throw new NativeTypeError('pipeline() expects functions as stages, but stage ' + (s + 1) + ' is ' + kindOf(stages[s])
            + '. Write (previous, item, index) => agent(...)');
        }
      }
      const count = items.length;
      const inputs = new NativeArray(count);
      for (let i = 0; i < count; i++) put(inputs, i, items[i]);
      const taken = cut('pipeline', count, most);
      const outer = weight;
      const inner = taken === count ? outer : outer * count / taken;
      return new NativePromise(resolve => {
        const results = new NativeArray(count);
        for (let i = taken; i < count; i++) put(results, i, null);
        let open = taken;
        const finish = (i, value) => {
          put(results, i, value);
          if (--open !== 0) return;
          weight = outer;
          resolve(results);
        };
        const advance = (i, s, previous) => {
          if (s === stages.length) {
            finish(i, previous);
            return;
          }
          const fail = error => {
            branchFailed(scope, 'pipeline[' + i + '] stage ' + (s + 1), error);
            finish(i, null);
          };
          let value;
          weight = inner;
          try {
            value = apply(stages[s], undefined, [previous, inputs[i], i]);
          } catch (error) {
            fail(error);
            return;
          }
          settle(value, result => result === null ? finish(i, null) : advance(i, s + 1, result), fail);
        };
        if (count === 0) resolve(results);
        for (let i = 0; i < taken; i++) advance(i, 0, inputs[i]);
        weight = outer;
      });
    } catch (error) {
      return rejected(error);
    }
  }

  function branchFailed(scope, where, error) {
    const message = describe(error);
    const ofAgent = typeof error === 'object' && error !== null && apply(isIn, agentErrors, [error]);
    host.branchFailed(where, message, scope.phase, scope.prefix, ofAgent);
    host.log('warn', where + ' failed: ' + message);
  }

  function startWorkflow(scope, target, args) {
    let name;
    let path;
    if (typeof target === 'string') {
      name = target;
    } else if (typeof target === 'object' && target !== null && hasOwn(target, 'scriptPath')) {
      path = target.scriptPath;
    }
    const given = name ?? path;
    if (typeof given !== 'string' || apply(trim, given, []) === '') {
      throw new NativeTypeError('workflow() expects the name of a saved workflow or { scriptPath }, got ' + kindOf(target) + '.');
    }
    if (scope.depth > 0) {
      throw new NativeError("workflow('" + given + "'): workflows nest one level deep, and this one was itself started by workflow(). "
        + 'Call it from the top-level script.');
    }
    const argsJson = args === undefined ? undefined : jsonOf(args, 'args');
    const id = ++lastRequest;
    host.workflow(id, name, path);
    return new NativePromise((resolve, reject) => {
      pending[id] = { __proto__: null, resolve, reject, weight, argsJson };
    });
  }

  function setTimer(callback, delay, ...rest) {
    if (typeof callback !== 'function') {
      throw new NativeTypeError('setTimeout() expects a function, got ' + kindOf(callback) + '.');
    }
    if (openTimers >= maxOpenTimers) {
      throw new NativeRangeError('setTimeout() was called ' + maxOpenTimers + ' times with none of them due yet. Does every timer start several more?');
    }
    openTimers++;
    const asked = toNumber(delay);
    const id = ++lastRequest;
    pending[id] = { __proto__: null, callback, rest, weight };
    host.timer(id, asked > 0 ? (asked < 2147483647 ? asked : 2147483647) : 0);
    return id;
  }

  function clearTimer(id) {
    if (typeof id === 'number' && pending[id] !== undefined && pending[id].callback !== undefined) {
      delete pending[id];
      openTimers--;
      host.clear(id);
    }
  }

  function writeLine(level, values) {
    let line = '';
    for (let i = 0; i < values.length; i++) line += (i === 0 ? '' : ' ') + coerced(values[i]);
    host.log(level, line);
  }

  const budget = freeze({
    total: host.total,
    spent() { return host.spent(); },
    remaining() {
      if (host.total === null) return Infinity;
      const left = host.total - host.spent();
      return left > 0 ? left : 0;
    },
  });

  // Extensions, by name, take the dialect and give the function that scripts call.
  function makeScope(prefix, depth, argsJson, extensions) {
    const scope = { __proto__: null, prefix, depth, phase: undefined };
    const globals = {
      __proto__: null,
      agent: function agent(prompt, options) {
        try {
          return startAgent(scope, prompt, options);
        } catch (error) {
          return rejected(error);
        }
      },
      // No tail calls: those leave no frame behind, by which an error finds its place in the script.
      parallel: function parallel(thunks) {
        const results = runParallel(scope, thunks);
        return results;
      },
      pipeline: function pipeline(items, ...stages) {
        const results = runPipeline(scope, items, stages);
        return results;
      },
      workflow: function workflow(target, args) {
        try {
          return startWorkflow(scope, target, args);
        } catch (error) {
          return rejected(error);
        }
      },
      phase: function phase(title) {
        if (title === undefined || title === null) {
          scope.phase = undefined;
          return;
        }
        scope.phase = coerced(title);
        host.phase(scope.phase, scope.prefix);
      },
      log: function log(...values) { writeLine('log', values); },
      args: readArgs(argsJson),
      budget,
      console: {
        log: (...values) => writeLine('log', values),
        info: (...values) => writeLine('info', values),
        warn: (...values) => writeLine('warn', values),
        error: (...values) => writeLine('error', values),
        debug: (...values) => writeLine('debug', values),
      },
      setTimeout: setTimer,
      clearTimeout: clearTimer,
      checkpoint: function checkpoint(question, options) {
        try {
          return askPerson(question, options);
        } catch (error) {
          return rejected(error);
        }
      },
      failures: function failures() { return parseJson(host.failures()); },
    };
    const dialect = valuesOf(globals, host.dialect);
    const names = keysOf(extensions);
    for (let i = 0; i < names.length; i++) globals[names[i]] = apply(extensions[names[i]], undefined, dialect);
    if (host.slice !== undefined) {
      // After the extensions: a panel of skeptics is one thing, not a fan-out to be cut.
      globals.parallel = function parallel(thunks) {
        const results = runParallel(scope, thunks, host.slice);
        return results;
      };
      globals.pipeline = function pipeline(items, ...stages) {
        const results = runPipeline(scope, items, stages, host.slice);
        return results;
      };
    }
    return globals;
  }

  function valuesOf(globals, names) {
    const values = new NativeArray(names.length);
    for (let i = 0; i < names.length; i++) put(values, i, globals[names[i]]);
    return values;
  }

  function run(factory, globals) {
    return apply(apply(factory, undefined, valuesOf(globals, host.globals)), undefined, [globals]);
  }

  function reportFailure(error) {
    host.failed(describe(error), stackText(error));
  }

  const builtIns = host.builtIns;
  const names = Object.getOwnPropertyNames(globalThis);
  for (let i = 0; i < names.length; i++) {
    if (!hasOwn(builtIns, names[i])) delete globalThis[names[i]];
  }
  hide(Math, 'random', host.random);

  // Built-ins that follow nested data on the host's stack pass through a function here, where the stack is watched.
  guard(Array.prototype, 'join');
  guard(Array.prototype, 'toString');
  guard(Array.prototype, 'toLocaleString');
  guard(Error.prototype, 'toString');
  const flat = Array.prototype.flat;
  const { flat: boundedFlat } = {
    flat(depth) { return apply(flat, this, depth > 1000 ? [1000] : depth === undefined ? [] : [depth]); },
  };
  hide(Array.prototype, 'flat', boundedFlat);

  return {
    __proto__: null,

    start(factory, argsJson, extensions) {
      const globals = makeScope(undefined, 0, argsJson, extensions);
      const own = keysOf(globals);
      for (let i = 0; i < own.length; i++) hide(globalThis, own[i], globals[own[i]]);
      apply(promiseThen, run(factory, globals), [
        value => {
          try {
            host.returned(jsonOf(value, 'result'));
          } catch (error) {
            reportFailure(error);
          }
        },
        reportFailure]);
    },

    resolve(id, json) {
      const request = pending[id];
      if (request === undefined) return;
      delete pending[id];
      weight = request.weight;
      if (request.callback === undefined) {
        try {
          request.resolve(json === undefined ? undefined : parseJson(json));
        } catch (error) {
          request.reject(error);
        }
        return;
      }
      openTimers--;
      try {
        apply(request.callback, undefined, request.rest);
      } catch (error) {
        host.log('error', 'setTimeout callback failed: ' + describe(error));
      }
    },

    reject(id, name, message) {
      const request = pending[id];
      if (request === undefined) return;
      delete pending[id];
      weight = request.weight;
      if (request.reject === undefined) return;
      const error = errorOf(name, message);
      if (request.isAgent) apply(addTo, agentErrors, [error]);
      request.reject(error);
    },

    runChild(id, factory, prefix, extensions) {
      const request = pending[id];
      if (request === undefined) return;
      delete pending[id];
      weight = request.weight;
      host.phase(undefined, prefix);
      apply(promiseThen, run(factory, makeScope(prefix, 1, request.argsJson, extensions)), [
        value => {
          try {
            const json = jsonOf(value, 'result');
            request.resolve(json === undefined ? undefined : parseJson(json));
          } catch (error) {
            request.reject(error);
          }
        },
        request.reject]);
    },
  };
});
