import { readFileSync } from 'node:fs';
import { writeFileAtomic } from '@secateur/training';
import { format, resolveConfig } from 'prettier';

/**
 * Puts each text between `<!-- name: begin -->` and `<!-- name: end -->` of its name in a page, which is then formatted and
 * written once.
 */
export async function writeBetween(
  page: string,
  texts: Readonly<Record<string, string>>,
): Promise<void> {
  let whole = readFileSync(page, 'utf8');
  for (const [name, text] of Object.entries(texts)) {
    const [begin, end] = [`<!-- ${name}: begin -->`, `<!-- ${name}: end -->`];
    const start = whole.indexOf(begin) + begin.length;
    const stop = whole.indexOf(end, start);
    if (!whole.includes(begin) || stop === -1) {
      throw new Error(
        `${page}: expected the markers "${begin}" and "${end}", found not both in this order; put them back, each on its own line.`,
      );
    }
    whole = `${whole.slice(0, start)}\n\n${text}\n\n${whole.slice(stop)}`;
  }
  // npm skips a script that follows another where it is told to ignore scripts, so the page is formatted here.
  const options = { ...(await resolveConfig(import.meta.filename)), filepath: page };
  writeFileAtomic(page, await format(whole, options));
}
