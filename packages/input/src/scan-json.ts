import { InputError } from './error.ts';
import { shown } from './text.ts';

const QUOTE = 0x22;
const COMMA = 0x2c;
const MINUS = 0x2d;
const ZERO = 0x30;
const NINE = 0x39;
const COLON = 0x3a;
const BACKSLASH = 0x5c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_OBJECT = 0x7b;
const CLOSE_OBJECT = 0x7d;

/**
 * Goes over a text once, before it is parsed, and throws for what the limits and {@link InputError} exclude. It needs no
 * grammar: what is no JSON is for `JSON.parse` to say, so here it may go unnoticed.
 */
export function scanJson(
  text: string,
  { depth, values }: { readonly depth: number; readonly values: number },
): void {
  /** The names of each open object; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let count = 1;
  let nameIsNext = false;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === QUOTE) {
      const end = endOfString(text, at);
      if (nameIsNext) addName(open.at(-1)!, text.slice(at, end + 1), at);
      nameIsNext = false;
      at = end;
    } else if (code === OPEN_OBJECT || code === OPEN_LIST) {
      nameIsNext = code === OPEN_OBJECT;
      open.push(nameIsNext ? new Set() : undefined);
      count++;
      if (open.length > depth) throw beyond(`${depth} levels of objects and lists`, at);
    } else if (code === CLOSE_OBJECT || code === CLOSE_LIST) {
      open.pop();
      nameIsNext = false;
    } else if (code === COMMA) {
      nameIsNext = open.at(-1) !== undefined;
      count++;
    } else if (code === MINUS || (code >= ZERO && code <= NINE)) {
      at = checkNumber(text, at) - 1;
    } else if (code === COLON) nameIsNext = false;
    if (count > values) throw beyond(`${values} values`, at);
  }
}

function beyond(limit: string, at: number): InputError {
  return new InputError(
    `expected JSON of at most ${limit}, found more at character ${at}; is it the right file?`,
    { code: 'limit' },
  );
}

/** Where the string that begins at `start` has its second quote; the end of the text when it has none. */
function endOfString(text: string, start: number): number {
  let end = start;
  for (;;) {
    end = text.indexOf('"', end + 1);
    if (end < 0) return text.length;
    let slashes = 0;
    while (text.charCodeAt(end - 1 - slashes) === BACKSLASH) slashes++;
    if (slashes % 2 === 0) return end;
  }
}

function addName(names: Set<string>, quoted: string, at: number): void {
  let name = quoted.slice(1, -1);
  if (name.includes('\\')) {
    try {
      name = JSON.parse(quoted) as string;
    } catch {
      return;
    }
  }
  if (name === '__proto__') {
    throw new InputError(
      `expected another name than "__proto__" in JSON, found it at character ${at}; rename it`,
      { code: 'json' },
    );
  }
  if (names.has(name)) {
    throw new InputError(
      `expected each name once in an object of JSON, found ${shown(name)} again at character ${at}; remove one`,
      { code: 'json' },
    );
  }
  names.add(name);
}

/** Throws for a number beyond float64; gives the place after it. */
function checkNumber(text: string, at: number): number {
  let end = at + 1;
  while (isPartOfNumber(text.charCodeAt(end))) end++;
  // A shorter text holds no such number: the shortest is 1e309.
  if (end - at < 5) return end;
  const found = text.slice(at, end);
  if (Math.abs(Number(found)) === Infinity) {
    throw new InputError(
      `expected numbers that float64 holds in JSON, found ${shown(found, 40)} at character ${at}; correct it`,
      { code: 'json' },
    );
  }
  return end;
}

/** Digits, "+", "-", ".", "E" and "e". */
function isPartOfNumber(code: number): boolean {
  if (code >= ZERO && code <= NINE) return true;
  return code === 0x2b || code === MINUS || code === 0x2e || code === 0x45 || code === 0x65;
}
