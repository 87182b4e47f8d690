// The process of the local registry. It gets the folder of verdaccio's installation and its configuration, tells its
// parent the port that it was given, and ends when its parent does.
import { createRequire } from 'node:module';
import { join } from 'node:path';

const [installation, configuration] = process.argv.slice(2);
const { runServer } = createRequire(join(installation, 'package.json'))('verdaccio');
const server = await runServer(configuration);
process.on('disconnect', () => process.exit());
server.listen(0, '127.0.0.1', () => process.send({ port: server.address().port }));
