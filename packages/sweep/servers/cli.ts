// npm run servers: installs what pip has of the servers that tests of sweeps talk to, and says which others are not there.
import { ToolError } from '@secateur/testing/system';
import { installMoto, postgresMissing, redisMissing } from './index.ts';

try {
  installMoto((line) => console.log(line));
} catch (error) {
  if (!(error instanceof ToolError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}
for (const missing of [redisMissing(), postgresMissing()]) {
  if (missing === undefined) continue;
  console.error(`servers: ${missing}.`);
  process.exitCode = 1;
}
