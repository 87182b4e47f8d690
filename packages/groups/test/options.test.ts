import {
  GroupError,
  groupSize,
  issGroups,
  layersModelLayout,
  layoutShapes,
  parseLayout,
  recurrentLayout,
  recurrentWeights,
} from '@secateur/groups';
import { lstmCell } from '@secateur/kernels';
import { testUnknownOptions } from '@secateur/testing/unknown-options';

const other = { other: 1 } as never;
const layout = parseLayout('dims  x = 1  h = 2\nkernel  x -> 4*h\nrecurrent  h -> 4*h');
const axes = { name: 'a', input: 'x', units: 'h', ...(other as object) };

const calls: Readonly<Record<string, () => unknown>> = {
  issGroups: () => issGroups(layout, other),
  groupSize: () => groupSize(issGroups(layout)[0]!, layoutShapes(layout), other),
  layersModelLayout: () => layersModelLayout({} as never, other),
  recurrentLayout: () => recurrentLayout(lstmCell, { ...axes, dims: { x: 1, h: 2 } }),
  recurrentWeights: () => recurrentWeights(lstmCell, axes),
};

testUnknownOptions(GroupError, calls);
