import type { Settings } from './settings.ts';

const zaremba: Omit<
  Settings,
  | 'preset'
  | 'embed'
  | 'hidden'
  | 'init'
  | 'epochs'
  | 'steps'
  | 'keep'
  | 'decayFrom'
  | 'decay'
  | 'clip'
> = {
  data: null,
  fromYear: 1946,
  maxVocab: 10000,
  // The same bits on every machine, and its figures are those of the documentation.
  backend: 'wasm',
  seed: 1,
  forgetBias: 0,
  batch: 20,
  learningRate: 1,
  decayEvery: 1,
  lambda: 0,
  rampEpochs: 0,
  penalty: 'subgradient',
  threshold: 0,
  compactEvery: 0,
};

/**
 * Settings by name. `small`, `medium` and `large` are those of Zaremba et al. 2014 as the TensorFlow tutorial runs them;
 * `large-iss` is the paper's (Wen et al. 2018) with the schedule of its code, which differs from `large`'s.
 */
export const presets: Readonly<Record<string, Settings>> = {
  quick: {
    ...zaremba,
    preset: 'quick',
    fromYear: 1995,
    maxVocab: 2000,
    embed: 150,
    hidden: [150, 150],
    init: 0.1,
    epochs: 9,
    steps: 20,
    keep: 0.9,
    decayFrom: 6,
    decay: 0.5,
    clip: 5,
    lambda: 0.01,
    rampEpochs: 2,
    threshold: 5e-4,
  },
  small: {
    ...zaremba,
    preset: 'small',
    embed: 200,
    hidden: [200, 200],
    init: 0.1,
    epochs: 13,
    steps: 20,
    keep: 1,
    decayFrom: 5,
    decay: 0.5,
    clip: 5,
  },
  medium: {
    ...zaremba,
    preset: 'medium',
    embed: 650,
    hidden: [650, 650],
    init: 0.05,
    epochs: 39,
    steps: 35,
    keep: 0.5,
    decayFrom: 7,
    decay: 0.8,
    clip: 5,
  },
  large: {
    ...zaremba,
    preset: 'large',
    embed: 1500,
    hidden: [1500, 1500],
    init: 0.04,
    epochs: 55,
    steps: 35,
    keep: 0.35,
    decayFrom: 15,
    decay: 1 / 1.15,
    clip: 10,
  },
  'large-iss': {
    ...zaremba,
    preset: 'large-iss',
    embed: 1500,
    hidden: [1500, 1500],
    init: 0.04,
    epochs: 55,
    steps: 35,
    keep: 0.6,
    decayFrom: 19,
    decay: 0.1,
    decayEvery: 18,
    clip: 10,
    lambda: 0.00245,
    threshold: 1e-4,
  },
};
