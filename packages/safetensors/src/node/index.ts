/**
 * Files in Node that a program can trust: read without following links, written whole or not at all.
 * @packageDocumentation
 */
export { fileTrouble, type FileTrouble } from './trouble.ts';
export { isSystemFile, makeFolder, refuseLinkedFolder } from './folder.ts';
export {
  openRegularFile,
  readRegularFile,
  type OpenOptions,
  type ReadOptions,
} from './regular-file.ts';
export {
  isTemporary,
  removeTemporaryFiles,
  renameFile,
  temporaryName,
  temporaryOf,
  writeFileAtomic,
  writeTemporary,
} from './write.ts';
export { updateHash } from './hash.ts';
export { syncDirectory, syncFile } from './sync.ts';
export { removeUnneeded, type RemoveOptions } from './remove.ts';
export { isHeld, retryWhileHeld, sleep, type RetryOptions } from './retry.ts';
