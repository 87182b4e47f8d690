// Writes the table of docs/results/language-modeling.md from the kept result files, between its two markers.
// With run directories as arguments, first keeps their results: `npm run results -- runs/quick ...`.
import { copyFileSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const kept = join(root, 'docs/results/language-modeling');
const page = join(root, 'docs/results/language-modeling.md');
const [begin, end] = ['<!-- table: begin -->', '<!-- table: end -->'];

for (const run of process.argv.slice(2)) {
  copyFileSync(join(run, 'result.json'), join(kept, `${basename(run)}.json`));
}

/** The command that made a run: its folder is named after the settings that were given. */
function commandOf(name) {
  const options = name
    .split(/-(?=[a-zA-Z]+=)/)
    .slice(1)
    .map((part) => part.split('='))
    .map(
      ([key, value]) =>
        `--${key.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)} ${value}`,
    );
  return ['npm run lm -- train', ...options].join(' ');
}

const rows = readdirSync(kept)
  .filter((file) => file.endsWith('.json'))
  .map((file) => ({
    name: basename(file, '.json'),
    result: JSON.parse(readFileSync(join(kept, file), 'utf8')),
  }))
  .sort(
    (a, b) =>
      a.result.lambda - b.result.lambda ||
      b.result.dense.parameters - a.result.dense.parameters ||
      a.result.seed - b.result.seed,
  );

const full = Math.max(...rows.map(({ result }) => result.dense.parameters));
const kind = ({ lambda, dense }) =>
  lambda > 0 ? `ISS, λ = ${lambda}` : dense.parameters === full ? 'dense' : 'dense, direct design';
const table = [
  '| network | seed | units | parameters | multiply-adds a word | perplexity, validation | test | training, s | command |',
  '| --- | --- | --- | --- | --- | --- | --- | --- | --- |',
  ...rows.map(({ name, result }) => {
    const { sizes, parameters, macsPerWord, perplexity } = result.pruned;
    const cells = [
      kind(result),
      result.seed,
      sizes.join(', '),
      parameters.toLocaleString('en-GB'),
      macsPerWord.toLocaleString('en-GB'),
      perplexity.valid.toFixed(2),
      perplexity.test.toFixed(2),
      result.trainingSeconds.toFixed(0),
      `\`${commandOf(name)}\``,
    ];
    return `| ${cells.join(' | ')} |`;
  }),
].join('\n');

const text = readFileSync(page, 'utf8');
const [before, rest] = text.split(begin);
const after = rest?.split(end)[1];
if (after === undefined) throw new Error(`${page}: expected the markers "${begin}" and "${end}".`);
writeFileSync(page, `${before}${begin}\n\n${table}\n\n${end}${after}`);
console.log(table);
