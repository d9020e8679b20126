// The other side of the parser's tests: what acorn, or node, makes of a source.
//   trees            paths on stdin; for each a line "script|module <hash of the tree>", or "refused <why>"
//   tree KIND PATH   that tree, a line per node and per value
//   verdicts         JSON strings on stdin, one a line; for each "11": accepted as script, as module
//   run              JSON strings on stdin, bodies of async functions; for each what node makes of it, as JSON
//   speed N PATHS…   milliseconds of the first parse of all the files, and of the fastest of N more
import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
import { parse } from "acorn";

const own = new Set(["type", "start", "end", "loc"]);
const parsed = (text, sourceType, locations) => parse(text, { ecmaVersion: "latest", sourceType, locations });
const read = path => readFileSync(path, "utf8");

function number(value) {
  const bytes = Buffer.alloc(8);
  bytes.writeDoubleBE(value);
  return bytes.toString("hex");
}

// The keys of acorn's nodes as they come, so that no field is forgotten.
function write(key, value, line) {
  if (Array.isArray(value)) {
    line(key + "=[");
    value.forEach((item, index) => write(String(index), item, line));
    line("]");
  } else if (typeof value === "object" && value !== null) {
    const { type, start, end, loc } = value;
    line(type === undefined
      ? `${key}={`
      : `${key}=${type} ${start}-${end} ${loc.start.line}:${loc.start.column}-${loc.end.line}:${loc.end.column}`);
    for (const name of Object.keys(value).sort()) {
      // Values of regular expressions and BigInts depend on the runtime; their text is compared.
      if (!own.has(name) && !(name === "value" && (value.regex || value.bigint !== undefined))) {
        write(name, value[name], line);
      }
    }
    line("}");
  } else {
    line(key + "=" + (typeof value === "number" ? number(value) : JSON.stringify(value) ?? "undefined"));
  }
}

function treeHash(tree) {
  const hash = createHash("sha1");
  let chunk = "";
  write("", tree, text => {
    chunk += text + "\n";
    if (chunk.length > 65536) {
      hash.update(chunk);
      chunk = "";
    }
  });
  return hash.update(chunk).digest("hex");
}

function describe(path) {
  const text = read(path);
  let why = "";
  for (const kind of path.endsWith(".mjs") ? ["module", "script"] : ["script", "module"]) {
    try {
      return `${kind} ${treeHash(parsed(text, kind, true))}`;
    } catch (error) {
      if (!(error instanceof SyntaxError)) throw error;
      why = error.message;
    }
  }
  return `refused ${why}`;
}

function accepts(text, kind) {
  try {
    parsed(text, kind, false);
    return "1";
  } catch (error) {
    // Anything but a syntax error is acorn's own trouble, such as its stack.
    return error instanceof SyntaxError ? "0" : "?";
  }
}

function time(work) {
  const start = process.hrtime.bigint();
  work();
  return Number(process.hrtime.bigint() - start) / 1e6;
}

// Files ending in .mjs are modules, the others scripts.
function speed(rounds, paths) {
  const sources = paths.map(path => [read(path), path.endsWith(".mjs") ? "module" : "script"]);
  const all = () => sources.forEach(([text, kind]) => parsed(text, kind, true));
  const cold = time(all);
  let best = cold;
  for (let round = 0; round < rounds; round++) best = Math.min(best, time(all));
  return `${cold} ${best}`;
}

const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

async function run() {
  for await (const text of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await new AsyncFunction(`"use strict"; ${JSON.parse(text)}`)()));
  }
}

const [mode, ...rest] = process.argv.slice(2);
const lines = answer => createInterface({ input: process.stdin }).on("line", text => console.log(answer(text)));
switch (mode) {
  case "trees":
    lines(describe);
    break;
  case "tree":
    write("", parsed(read(rest[1]), rest[0], true), text => console.log(text));
    break;
  case "verdicts":
    lines(text => accepts(JSON.parse(text), "script") + accepts(JSON.parse(text), "module"));
    break;
  case "run":
    await run();
    break;
  case "speed":
    console.log(speed(Number(rest[0]), rest.slice(1)));
    break;
  default:
    throw new Error("trees, tree, verdicts, run or speed");
}
