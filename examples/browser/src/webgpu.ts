// TensorFlow.js's WebGPU backend, repaired, until @whittle/backend-webgpu is in the workspace; vite.config.ts then takes
// that package for `#webgpu`.
import { webgpuReady } from '@whittle/conformance/webgpu';

await webgpuReady();
