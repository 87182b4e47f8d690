import type { Random } from '@secateur/testing/damage';
import { names, strangeJson } from './values.ts';

/** Where a value stands in a JSON text. */
interface Place {
  readonly from: number;
  readonly to: number;
  /** Where the name begins of which it is the value; undefined in an array and at the top. */
  readonly name: number | undefined;
}

const notJson = (): Error => new SyntaxError('the text is no JSON any more');

/** Finds where the values of a JSON text stand, those of objects and arrays included; throws for a text that is none. */
export function valuesOf(text: string): Place[] {
  const places: Place[] = [];
  let at = 0;
  const space = (): void => {
    while (/\s/.test(text[at] ?? '')) at++;
  };
  const inside = (): void => {
    if (at >= text.length) throw notJson();
  };
  const string = (): void => {
    at++;
    for (; text[at] !== '"'; inside()) at += text[at] === '\\' ? 2 : 1;
    at++;
  };
  const value = (name?: number): void => {
    space();
    const from = at;
    if (text[at] === '"') string();
    else if (text[at] === '{' || text[at] === '[') items(text[at] === '{');
    else while (/[^\s,\]}]/.test(text[at] ?? ',')) at++;
    if (at === from) throw notJson();
    places.push({ from, to: at, name });
    space();
  };
  const items = (named: boolean): void => {
    at++;
    space();
    while (text[at] !== (named ? '}' : ']')) {
      inside();
      const name = at;
      if (named) {
        string();
        space();
        at++;
      }
      value(named ? name : undefined);
      if (text[at] === ',') at++;
      space();
    }
    at++;
  };
  value();
  return places;
}

type Change = (text: string, places: readonly Place[], random: Random) => string;

const put = (text: string, { from, to }: { from: number; to: number }, value: string): string =>
  text.slice(0, from) + value + text.slice(to);

const changes: readonly Change[] = [
  function anotherValue(text, places, random) {
    return put(text, random.of(places), strangeJson(random));
  },
  function aValueOfElsewhere(text, places, random) {
    const { from, to } = random.of(places);
    return put(text, random.of(places), text.slice(from, to));
  },
  function anotherName(text, places, random) {
    const named = places.filter(({ name }) => name !== undefined);
    if (named.length === 0) return text;
    const { name, from } = random.of(named);
    return put(text, { from: name!, to: from }, `${JSON.stringify(random.of(names))}:`);
  },
  function withoutAValue(text, places, random) {
    const { name, from, to } = random.of(places);
    const before = name ?? from;
    return text[to] === ','
      ? put(text, { from: before, to: to + 1 }, '')
      : put(text, { from: before, to }, 'null');
  },
  function twice(text, places, random) {
    const { name, from, to } = random.of(places);
    const again = text.slice(name ?? from, to);
    return put(text, { from: to, to }, `,${again}`);
  },
  function aNameTwiceWithAnotherValue(text, places, random) {
    const named = places.filter(({ name }) => name !== undefined);
    if (named.length === 0) return text;
    const { name, from, to } = random.of(named);
    return put(text, { from: to, to }, `,${text.slice(name, from)}${strangeJson(random)}`);
  },
  function aNumberNearby(text, places, random) {
    const digits = places.filter(({ from }) => /[-\d]/.test(text[from] ?? ''));
    if (digits.length === 0) return text;
    const { from, to } = random.of(digits);
    const value = Number(text.slice(from, to));
    const changed = random.of([value + 1, value - 1, -value, value * 2, value * 1e6, value + 0.5]);
    return put(text, { from, to }, JSON.stringify(changed));
  },
  function oneMoreName(text, places, random) {
    const objects = places.filter(({ from }) => text[from] === '{');
    if (objects.length === 0) return text;
    const { from } = random.of(objects);
    const comma = /^\{\s*\}/.test(text.slice(from, from + 100)) ? '' : ',';
    const name = JSON.stringify(random.of(names));
    return put(text, { from: from + 1, to: from + 1 }, `${name}:${strangeJson(random)}${comma}`);
  },
];

/** Changes a value or a name of a JSON text; what comes out is JSON nearly always. */
export function changeJson(text: string, random: Random): string {
  return random.of(changes)(text, valuesOf(text), random);
}
