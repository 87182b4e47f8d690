import { kernelSuites, singleKernels } from '@secateur/testing/kernels';
import { beforeEach } from 'vitest';
import { describeBuilds, soilMemory } from './builds.ts';

describeBuilds('fused kernels', (build) => {
  beforeEach(soilMemory);
  kernelSuites(singleKernels, { soil: soilMemory, addsInFloat32: build === 'none' });
});
