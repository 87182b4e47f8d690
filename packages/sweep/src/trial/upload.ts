import type { TrialStore } from '../store/trial-store.ts';
import type { Build } from './build.ts';
import { type AttemptName, attemptPrefix, listTrial, manifestKey } from './keys.ts';
import { type Manifest, type StoredFile, toJson } from './records.ts';
import type { RunFile, Snapshot } from './run-files.ts';

/** How many checkpoints of an attempt stay in the store: the newest, and one in case it is damaged. */
const KEPT = 2;

/** What an attempt has put into the store. */
export interface Upload {
  /** Step of the newest checkpoint there. */
  readonly step: number;
  /** Sends what the store has not got by content, and says where everything is. */
  send(files: readonly RunFile[]): Promise<StoredFile[]>;
  /** Writes the manifest of a checkpoint whose files were sent; with it the checkpoint is whole. */
  finish(snapshot: Snapshot, files: readonly StoredFile[], seconds: number): Promise<void>;
  /** Removes files that no kept checkpoint of this attempt names, and older attempts' checkpoints once this one has enough of its own. */
  prune(): Promise<void>;
  /** Removes all checkpoints of this attempt and of older ones, but the files of the result. */
  pruneAll(files: readonly StoredFile[]): Promise<void>;
}

/** Makes what puts files of one attempt into the store. An attempt names no files of another one: that might remove them. */
export function uploadOf(
  store: TrialStore,
  {
    id,
    attempt,
    build,
    step: from,
  }: { id: string; attempt: AttemptName; build: Build; step: number },
): Upload {
  const prefix = attemptPrefix(id, attempt.name);
  const sent = new Set<string>();
  const kept: Manifest[] = [];
  let step = from;

  const removeBut = async (
    keys: ReadonlySet<string>,
    isOver: (key: string) => boolean,
  ): Promise<void> => {
    const { all } = await listTrial(store, id);
    // Manifests first, so that none names what is gone.
    const gone = all.filter((key) => !keys.has(key) && isOver(key));
    const isManifest = (key: string): boolean => key.includes('/checkpoints/');
    for (const key of [...gone.filter(isManifest), ...gone.filter((key) => !isManifest(key))]) {
      await store.remove(key);
      sent.delete(key);
    }
  };
  const partsOf = (key: string): readonly string[] =>
    key.slice(`trials/${id}/attempts/`.length).split('/');
  const isOlder = (name: string): boolean => {
    const number = Number(name.split('-')[0]);
    return number === attempt.number ? name < attempt.name : number < attempt.number;
  };
  const isContent = (key: string): boolean => ['files', 'checkpoints'].includes(partsOf(key)[1]!);

  return {
    get step() {
      return step;
    },
    async send(files) {
      const stored: StoredFile[] = [];
      for (const { path, bytes, sha256 } of files) {
        const key = `${prefix}files/${sha256}`;
        if (!sent.has(key)) await store.write(key, bytes);
        sent.add(key);
        stored.push({ path, key, size: bytes.length, sha256 });
      }
      return stored;
    },
    async finish(snapshot, files, seconds) {
      const manifest: Manifest = { step: snapshot.step, build, files: [...files], seconds };
      await store.write(manifestKey(id, attempt.name, snapshot.step), toJson(manifest));
      step = snapshot.step;
      kept.push(manifest);
      kept.splice(0, kept.length - KEPT);
    },
    async prune() {
      const keys = new Set(
        kept.flatMap(({ step, files }) => [
          manifestKey(id, attempt.name, step),
          ...files.map(({ key }) => key),
        ]),
      );
      const enough = kept.length === KEPT;
      await removeBut(keys, (key) => {
        const name = partsOf(key)[0]!;
        return isContent(key) && (name === attempt.name || (enough && isOlder(name)));
      });
    },
    async pruneAll(files) {
      await removeBut(new Set(files.map(({ key }) => key)), (key) => {
        const name = partsOf(key)[0]!;
        return isContent(key) && (name === attempt.name || isOlder(name));
      });
    },
  };
}
