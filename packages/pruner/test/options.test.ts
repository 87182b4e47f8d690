import { parseLayout } from '@secateur/groups';
import {
  chooseKept,
  convertGates,
  findRemovable,
  kerasGruLayout,
  kerasGruToSecateur,
  PrunerError,
  report,
  secateurToTorch,
  tf1LstmLayout,
  tf1ToSecateur,
  torchGruLayout,
  torchLstmLayout,
  torchToSecateur,
  weightsFromSafetensors,
} from '@secateur/pruner';
import { layoutFromNames, linkParts } from '@secateur/pruner/names';
import { saveLayersModel } from '@secateur/pruner/node';
import { compact, loadLayersModel, pruneLayersModel, toLayersModel } from '@secateur/pruner/tfjs';
import { testFolder } from '@secateur/testing/folders';
import { testUnknownOptions } from '@secateur/testing/unknown-options';
import { expect, test } from 'vitest';

const other = { other: 1 } as never;
const layout = parseLayout('dims  h = 1\nrecurrent  h -> 4*h');
const nothing = {} as never;
const artifacts = { load: () => Promise.resolve(nothing) };

const calls: Readonly<Record<string, () => unknown>> = {
  chooseKept: () => chooseKept({}, layout, other),
  compact: () => compact({ variables: {}, optimizer: {}, layout } as never, other),
  convertGates: () => convertGates(nothing, 'a', 'a', other),
  findRemovable: () => findRemovable({}, layout, other),
  kerasGruLayout: () => kerasGruLayout(other),
  kerasGruToSecateur: () => kerasGruToSecateur(nothing, other),
  layoutFromNames: () => layoutFromNames({}, other),
  linkParts: () => linkParts(nothing, {}, other),
  loadLayersModel: () => loadLayersModel(artifacts, other),
  pruneLayersModel: () => pruneLayersModel(nothing, other),
  report: () => report(layout, layout, other),
  saveLayersModel: () => saveLayersModel(nothing, testFolder(), other),
  secateurToTorch: () => secateurToTorch({}, other),
  tf1LstmLayout: () => tf1LstmLayout(other),
  tf1ToSecateur: () => tf1ToSecateur(nothing, other),
  toLayersModel: () => toLayersModel(nothing, nothing, other),
  torchGruLayout: () => torchGruLayout(other),
  torchLstmLayout: () => torchLstmLayout(other),
  torchToSecateur: () => torchToSecateur({}, other),
  weightsFromSafetensors: () => weightsFromSafetensors(new Uint8Array(0), other),
};

testUnknownOptions(PrunerError, calls);

test('those of a target are known too', () => {
  expect(() => pruneLayersModel(nothing, { macs: 0.4 } as never)).toThrow(
    'pruneLayersModel: expected options among layout, dims, tolerance, atLeast, target, found "macs"',
  );
});
