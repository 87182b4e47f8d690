import { execFile } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { sourceCommand } from '@secateur/testing/command';
import { removeFolder, temporaryFolder } from '@secateur/testing/temporary';
import { Job } from 'kubernetes-models/batch/v1';
import { ConfigMap } from 'kubernetes-models/v1';
import { expect, it } from 'vitest';
import { kubernetesJob, type KubernetesOptions } from '../../src/emit/kubernetes.ts';
import { sweep } from '../../src/commands/sweep.ts';
import { sweepOf } from './sweep-file.ts';
import { specOf } from '../spec-of.ts';

const specs = [1, 2, 3].map((seed) => specOf({ lambda: 0.01, seed }));
const options: KubernetesOptions = {
  store: 's3://sweeps/a?endpoint=http://minio:9000',
  image: 'registry.example/project:1',
};

interface Manifest {
  readonly kind: string;
  readonly metadata: { readonly name: string };
  readonly data: Record<string, string>;
  // eslint-disable-next-line @typescript-eslint/no-explicit-any -- the schema checks its form
  readonly spec: any;
}

const emit = (of = specs, more: Partial<KubernetesOptions> = {}): Manifest[] =>
  (kubernetesJob(of, { ...options, ...more }) as { items: Manifest[] }).items;

/**
 * Properties of a manifest that the schema's validator never looks at. It takes unknown ones without a word, as Kubernetes does
 * with what it prunes: a misspelled field would do nothing.
 */
function unread(manifest: object, validate: (manifest: object) => void): string[] {
  const read = new Set<string>();
  const watched = <T extends object>(value: T, path: string): T =>
    new Proxy(value, {
      get(target, key, receiver) {
        const found: unknown = Reflect.get(target, key, receiver);
        if (typeof key === 'symbol') return found;
        read.add(`${path}/${key}`);
        return typeof found === 'object' && found !== null
          ? watched(found, `${path}/${key}`)
          : found;
      },
    });
  validate(watched(manifest, ''));
  const paths = (value: unknown, path: string): string[] =>
    typeof value === 'object' && value !== null
      ? Object.entries(value).flatMap(([key, part]) => [
          `${path}/${key}`,
          ...paths(part, `${path}/${key}`),
        ])
      : [];
  return paths(manifest, '').filter((path) => !read.has(path));
}

const validate = (manifest: object): void => {
  const { kind } = manifest as Manifest;
  const Model = kind === 'Job' ? Job : ConfigMap;
  Model.prototype.validate.call(Object.setPrototypeOf(manifest, Model.prototype) as never);
};

it.each([
  ['in a bucket, trials in a ConfigMap', { secret: 'store', cpu: '2', memory: '4Gi', atOnce: 2 }],
  ['in a volume, trials in the image', { store: '/store', claim: 'sweeps', trialsInImage: '/t' }],
])("keeps to Kubernetes's schema, with a store %s", (_, more) => {
  for (const manifest of emit(specs, more)) {
    expect(unread(manifest, validate)).toEqual([]);
  }
});

it('the check sees a misspelled field and a wrong type', () => {
  const [, job] = emit() as [Manifest, Manifest];
  const { spec } = job;
  expect(unread({ ...job, spec: { ...spec, backoffLimitPerIndx: 5 } }, validate)).toEqual([
    '/spec/backoffLimitPerIndx',
  ]);
  expect(() => validate({ ...job, spec: { ...spec, completions: 'three' } })).toThrow(
    /completions/,
  );
});

it('an index is a trial; 42 fails it, a disruption does not count', () => {
  const [configMap, job] = emit(specs, { secret: 'store', atOnce: 2 }) as [Manifest, Manifest];
  expect(
    configMap.data['trials.jsonl']!.split('\n')
      .slice(0, 3)
      .map((line) => JSON.parse(line) as unknown),
  ).toEqual(specs);
  const { spec } = job;
  expect([spec.completionMode, spec.completions, spec.parallelism]).toEqual(['Indexed', 3, 2]);
  expect(spec.backoffLimitPerIndex).toBe(5);
  expect(spec.podFailurePolicy.rules).toEqual([
    { action: 'FailIndex', onExitCodes: { containerName: 'trial', operator: 'In', values: [42] } },
    { action: 'Ignore', onPodConditions: [{ type: 'DisruptionTarget', status: 'True' }] },
  ]);
  const [container] = spec.template.spec.containers;
  expect(container.envFrom).toEqual([{ secretRef: { name: 'store' } }]);
  expect(container.command.slice(2, 5)).toEqual([
    'trial',
    '--spec',
    '/trials/trials.jsonl#$(JOB_COMPLETION_INDEX)',
  ]);
  expect(spec.template.spec.volumes[1].configMap.name).toBe(configMap.metadata.name);
});

it('refuses what would not run', () => {
  expect(() => emit([])).toThrow('emit: expected at least 1 trial, found none;');
  expect(() => emit(specs, { store: 'file:///store' })).toThrow(
    'emit: expected a store that pods can reach, found the folder /store; name the claim of a volume that holds it, or use s3://.',
  );
  expect(() => emit(specs, { store: 's3://key:secret@bucket/a' })).toThrow(
    'emit: expected a store without credentials, found some in its URL;',
  );
  expect(() => emit(specs, { atOnce: 0 })).toThrow('at least 1, found 0;');
  const many = Array.from({ length: 10_000 }, (_, seed) => specOf({ seed }));
  expect(() => emit(many)).toThrow(
    /^emit: expected trials of at most 1000000 bytes, as a ConfigMap holds no more, found 1\d{6}; put trials.jsonl into the image/,
  );
  expect(emit(many, { trialsInImage: '/app/trials.jsonl' }).map(({ kind }) => kind)).toEqual([
    'Job',
  ]);
});

it('the command of the Job trains the trial of its index, and exits as the policy reads it', async () => {
  const folder = temporaryFolder();
  try {
    sweepOf(folder, ['ends', 'never']);
    const surroundings = { folder, print: () => undefined, complain: () => undefined };
    const command = ['emit', 'kubernetes', 'sweep.json', '--store', 's3://sweeps/a'];
    expect(await sweep([...command, '--image', 'project:1'], surroundings)).toBe(0);
    const { items } = JSON.parse(readFileSync(join(folder, 'kinds.kubernetes.json'), 'utf8')) as {
      items: [Manifest, Manifest];
    };
    writeFileSync(join(folder, 'mounted.jsonl'), items[0].data['trials.jsonl']!);
    const [container] = items[1].spec.template.spec.containers;
    /** What Kubernetes does: the index in place of its name; volumes are folders here, and the program is its source. */
    const run = async (index: number): Promise<number> => {
      const [, program, ...args] = (container.command as string[]).map((part) =>
        part
          .replace('$(JOB_COMPLETION_INDEX)', String(index))
          .replace('/trials/trials.jsonl', join(folder, 'mounted.jsonl'))
          .replace('/scratch', join(folder, 'scratch'))
          .replace('s3://sweeps/a', join(folder, 'store')),
      );
      expect(program).toBe('node_modules/secateur/bin/secateur.js');
      const [node, ...rest] = sourceCommand(join(import.meta.dirname, 'secateur.ts'), ...args);
      return promisify(execFile)(node!, rest).then(
        () => 0,
        (error: unknown) => (error as { code: number }).code,
      );
    };
    expect([await run(0), await run(1)]).toEqual([0, 42]);
  } finally {
    removeFolder(folder);
  }
});
