// Opens a run when it is told to, and says whether it got it: `contender.ts <folder>`.
import { join } from 'node:path';
import { openRun, type Run } from '@secateur/training';
import { faultOfError, shownError } from '../errors.ts';

/** What a contender says of a race. */
export interface Answer {
  readonly won: boolean;
  /** What was wrong with the error, if anything. */
  readonly fault?: string;
}

const [folder] = process.argv.slice(2) as [string];
let open: Run | undefined;

process.on('message', (message: { race: string } | 'close') => {
  if (message === 'close') {
    open?.close();
    open = undefined;
    process.send!('closed');
    return;
  }
  try {
    open = openRun({ directory: join(folder, message.race), config: { race: message.race } });
    process.send!({ won: true } satisfies Answer);
  } catch (error) {
    const fault =
      faultOfError(error) ??
      ((error as { code?: string }).code === 'locked' ? undefined : 'another error');
    const answer: Answer =
      fault === undefined
        ? { won: false }
        : { won: false, fault: `${fault}: ${shownError(error)}` };
    process.send!(answer);
  }
});
process.send!('ready');
