import { describeBackend } from '@secateur/testing';
import { kernelSuites, singleKernels } from '@secateur/testing/kernels';

// The others are tested on the same backends by `@secateur/conformance`.
describeBackend('fused kernels', () => {
  kernelSuites(singleKernels);
});
