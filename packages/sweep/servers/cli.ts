// npm run servers: installs what pip has of the servers that tests of sweeps talk to, and says which others are not there.
import { toolMain } from '@secateur/testing/system';
import { installMoto, postgresMissing, redisMissing } from './index.ts';

await toolMain(() => {
  installMoto((line) => console.log(line));
});
for (const missing of [redisMissing(), postgresMissing()]) {
  if (missing === undefined) continue;
  console.error(`servers: ${missing}.`);
  process.exitCode = 1;
}
