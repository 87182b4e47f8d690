// Runs the command lines that a test sends, one after the other; see `served.ts`.
import { secateur } from './terminal.ts';

process.on('message', (args: readonly string[]) => {
  void secateur(process.cwd(), ...args).then((ended) => process.send!(ended));
});
