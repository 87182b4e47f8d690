import { showsUnicode } from './show/unicode.ts';
import { main } from './main.ts';

process.exitCode = await main(process.argv.slice(2), {
  folder: process.cwd(),
  unicode: showsUnicode(process.env, process.platform),
  print: (text) => process.stdout.write(text),
  complain: (text) => process.stderr.write(text),
});
