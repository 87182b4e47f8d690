// The one place where gradients are registered. The layers package registers those of TensorFlow.js as it loads, in
// plain Node and in bundles alike; the core's own module for it cannot be imported in Node.
import '@tensorflow/tfjs-layers';
