// `npm run api`: writes the exported signatures of every published package into docs/signatures.
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDER, folder, signatureFiles } from './files.ts';

// All are made before the old ones go: an export that cannot be printed must not leave an empty folder.
const files = signatureFiles();
rmSync(folder, { recursive: true, force: true });
mkdirSync(folder, { recursive: true });
for (const [name, text] of files) writeFileSync(join(folder, name), text);
console.log(`api: wrote ${files.size} files into ${FOLDER}`);
