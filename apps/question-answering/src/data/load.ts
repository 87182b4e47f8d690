import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { factbookQuestions } from './factbook/factbook.ts';
import type { Paragraph } from './questions.ts';
import { readSquad } from './squad.ts';

/** Questions to train on, to choose by and to report. */
export interface Questions {
  readonly name: string;
  readonly train: readonly Paragraph[];
  readonly valid: readonly Paragraph[];
  readonly test: readonly Paragraph[];
}

/**
 * The questions of a folder of SQuAD files, `train*.json` and `dev*.json`, also gzipped, or without a folder those of the
 * World Factbook. SQuAD has no published test part: dev is both, as in the paper.
 *
 * @throws Error when a file is missing or is not SQuAD.
 */
export function loadQuestions(folder: string | null): Questions {
  if (folder === null) {
    return { name: 'questions generated from the World Factbook', ...factbookQuestions() };
  }
  const read = (part: string): readonly Paragraph[] => {
    const { paragraphs } = readSquad(fileOf(folder, part));
    if (paragraphs.some(({ questions }) => questions.length > 0)) return paragraphs;
    throw new Error(
      `${folder}: expected questions that can be answered in ${part}*.json, found none; is it the whole file?`,
    );
  };
  const [train, dev] = [read('train'), read('dev')];
  return { name: folder, train, valid: dev, test: dev };
}

function fileOf(folder: string, part: string): string {
  const files = existsSync(folder) ? readdirSync(folder) : [];
  const names = files.filter((file) => file.startsWith(part) && /\.json(\.gz)?$/.test(file)).sort();
  if (names.length === 1) return join(folder, names[0]!);
  throw new Error(
    `${folder}: expected one file ${part}*.json or ${part}*.json.gz, found ${names.length === 0 ? 'none' : names.join(', ')}; put SQuAD's files there, one of each.`,
  );
}
