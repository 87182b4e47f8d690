import { readFileSync } from 'node:fs';
import { writeFileAtomic } from '@secateur/training';
import { format, resolveConfig } from 'prettier';

/** The text that a page has between `<!-- name: begin -->` and `<!-- name: end -->`, without the blank lines round it. */
export function readBetween(page: string, name: string): string {
  return split(readFileSync(page, 'utf8'), name, page).between.trim();
}

/** Puts each text between the markers of its name in a page, which is then formatted and written once. */
export async function writeBetween(
  page: string,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  let whole = readFileSync(page, 'utf8');
  for (const [name, text] of Object.entries(texts)) {
    const { before, after } = split(whole, name, page);
    whole = `${before}\n\n${text}\n\n${after}`;
  }
  // npm skips a script that follows another where it is told to ignore scripts, so the page is formatted here.
  const options = { ...(await resolveConfig(import.meta.filename)), filepath: page };
  writeFileAtomic(page, await format(whole, options));
}

interface Parts {
  /** All up to the first marker and itself. */
  readonly before: string;
  readonly between: string;
  /** The second marker and all from it on. */
  readonly after: string;
}

function split(text: string, name: string, page: string): Parts {
  const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
  const start = text.indexOf(begin) + begin.length;
  const stop = text.indexOf(end, start);
  if (!text.includes(begin) || stop === -1) {
    throw new Error(
      `${page}: expected the markers "${begin}" and "${end}", found not both in this order; put them back, each on its own line.`,
    );
  }
  return {
    before: text.slice(0, start),
    between: text.slice(start, stop),
    after: text.slice(stop),
  };
}
