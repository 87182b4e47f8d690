// Writes models into a folder, one after the other, until it is killed: version n has n in all its weights.
import { stackedLstmLayout } from '@secateur/testing';
import { layoutShapes } from '@secateur/groups';
import { writeModelDirectory } from '@secateur/pruner/node';

const directory = process.argv[2]!;
const layout = stackedLstmLayout({ vocab: 50, embed: 60, hidden: [60] });
for (let version = 1; ; version++) {
  const weights = Object.fromEntries(
    Object.entries(layoutShapes(layout)).map(([name, shape]) => {
      const length = shape.reduce((all, size) => all * size, 1);
      return [name, { shape, data: new Float32Array(length).fill(version) }];
    }),
  );
  await writeModelDirectory(directory, { weights, layout, architecture: { version } });
  if (version === 1) process.stdout.write('writing\n');
}
