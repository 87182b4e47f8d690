import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@secateur/testing/temporary';

const colours = ['red', 'green', 'blue', 'white', 'black'];
const fruits = ['apples', 'pears', 'plums', 'figs', 'limes', 'dates', 'nuts'];

/** A text about three boxes. */
export const boxes = (k: number): { colour: string; what: string; sentence: string }[] =>
  [0, 1, 2].map((place) => {
    const colour = colours[(k + 2 * place) % colours.length]!;
    const what = `${3 + ((5 * k + place) % 9)} ${fruits[(3 * k + 2 * place) % fruits.length]!}`;
    return { colour, what, sentence: `The ${colour} box holds ${what}.` };
  });

function squad(from: number, to: number): object {
  const paragraphs = Array.from({ length: to - from }, (_, i) => {
    const three = boxes(from + i);
    const context = three.map(({ sentence }) => sentence).join(' ');
    const qas = three.map(({ colour, what }, place) => ({
      id: `${from + i}-${place}`,
      question: `What does the ${colour} box hold?`,
      answers: [{ text: what, answer_start: context.indexOf(what, context.indexOf(colour)) }],
    }));
    return { context, qas };
  });
  return { version: '1.1', data: [{ title: 'boxes', paragraphs }] };
}

/** A folder with a small set of questions about boxes in the form of SQuAD. */
export function boxQuestions(): string {
  const folder = temporaryFolder();
  writeFileSync(join(folder, 'train.json'), JSON.stringify(squad(0, 40)));
  writeFileSync(join(folder, 'dev.json'), JSON.stringify(squad(40, 50)));
  return folder;
}

/** Settings under which a tiny network learns these questions in some seconds and loses some of its units. */
export const tiny: readonly string[] = [
  ...['--preset', 'quick-iss'],
  ...['--word', '8', '--filters', '4', '--units', '6', '--batch', '12', '--epochs', '12'],
  ...['--learning-rate', '0.02', '--average', '0.8', '--dropout', '0.05', '--min-chars', '1'],
  ...['--penalty', 'proximal', '--lambda', '2', '--ramp-epochs', '1'],
];
