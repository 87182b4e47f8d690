import { usualSettings } from '@secateur/app/command';
import type { Settings } from './settings.ts';

const text = {
  ...usualSettings,
  fromYear: 1946,
  maxVocab: 10000,
  batch: 20,
  decayEvery: 1,
  weightDecay: 0,
  shrinkEpochs: 4,
  threshold: 0,
  thresholdScope: 'all',
  compactEvery: 0,
  select: 'last',
} as const;

const zaremba = {
  ...text,
  cell: 'lstm',
  forgetBias: 0,
  shrinkEmbed: false,
  learningRate: 1,
} as const;

const small: Settings = {
  ...zaremba,
  preset: 'small',
  embed: 200,
  hidden: [200, 200],
  init: 0.1,
  epochs: 13,
  steps: 20,
  dropout: 0,
  decayFrom: 5,
  decay: 0.5,
  clip: 5,
};

/** Zilly et al. 2017 as the ISS code trains it; only penalized weights are thresholded there. */
const zilly = {
  ...text,
  cell: 'rhn',
  transformBias: -2,
  weightDecay: 1e-7,
  thresholdScope: 'groups',
  select: 'best',
} as const;

const rhnPaper = {
  ...zilly,
  width: 830,
  depth: 10,
  init: 0.04,
  epochs: 500,
  steps: 35,
  learningRate: 0.2,
  decayFrom: 21,
  decay: 1 / 1.02,
  clip: 10,
  wordDropout: 0.25,
  inputDropout: 0.75,
  stateDropout: 0.25,
  outputDropout: 0.75,
} as const;

const quickDense: Settings = {
  ...zaremba,
  preset: 'quick-dense',
  fromYear: 1995,
  maxVocab: 2000,
  embed: 150,
  hidden: [150, 150],
  init: 0.1,
  epochs: 9,
  steps: 20,
  dropout: 0.3,
  decayFrom: 6,
  decay: 0.5,
  clip: 5,
};

const rhnQuickDense: Settings = {
  ...zilly,
  preset: 'rhn-quick-dense',
  fromYear: 1995,
  maxVocab: 2000,
  width: 200,
  depth: 3,
  init: 0.1,
  epochs: 8,
  steps: 20,
  learningRate: 0.5,
  decayFrom: 6,
  decay: 0.5,
  clip: 10,
  wordDropout: 0.05,
  inputDropout: 0.1,
  stateDropout: 0.05,
  outputDropout: 0.1,
};

/**
 * Settings by name. `quick` trains the network of `quick-dense` first, and then one with a budget that learns from it;
 * `quick-iss` takes the paper's way, with lambda. `rhn-quick` and its like are those of a Recurrent Highway Network.
 * `small`, `medium` and `large` are those of Zaremba et al. 2014 as the TensorFlow tutorial runs them; `small-iss` is `small`
 * with ISS, which compacts itself after every epoch; `large-iss` is the paper's (Wen et al. 2018) with the schedule of its code,
 * which differs from `large`'s. `rhn-dense` is the baseline of the paper's Table 2, `rhn` the same with all dropout times 0.6 and
 * λ = 0.005; the paper's other three are 0.004, 0.006 and 0.007.
 */
export const presets: Readonly<Record<string, Settings>> = {
  quick: {
    ...quickDense,
    preset: 'quick',
    teacherPreset: 'quick-dense',
    fromTeacher: true,
    epochs: 11,
    dropout: 0.1,
    decayFrom: 8,
    targetMacs: 0.4,
    // Trained weights know soon what they can do without, and what is left has the more time to train.
    shrinkEpochs: 1,
  },
  'quick-dense': quickDense,
  'quick-iss': {
    ...quickDense,
    preset: 'quick-iss',
    dropout: 0.1,
    lambda: 0.01,
    rampEpochs: 2,
    threshold: 5e-4,
  },
  small,
  // Equal effort to `small --epochs 9`, after which a dense network of this size has stopped getting better.
  'small-iss': {
    ...small,
    preset: 'small-iss',
    epochs: 9,
    lambda: 0.003,
    threshold: 1e-4,
    compactEvery: 1,
  },
  medium: {
    ...zaremba,
    preset: 'medium',
    embed: 650,
    hidden: [650, 650],
    init: 0.05,
    epochs: 39,
    steps: 35,
    dropout: 0.5,
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
    dropout: 0.65,
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
    dropout: 0.4,
    decayFrom: 19,
    decay: 0.1,
    decayEvery: 18,
    clip: 10,
    lambda: 0.00245,
    threshold: 1e-4,
  },
  'rhn-quick': {
    ...rhnQuickDense,
    preset: 'rhn-quick',
    teacherPreset: 'rhn-quick-dense',
    fromTeacher: true,
    targetMacs: 0.4,
    shrinkEpochs: 3,
  },
  'rhn-quick-dense': rhnQuickDense,
  'rhn-quick-iss': {
    ...rhnQuickDense,
    preset: 'rhn-quick-iss',
    lambda: 0.014,
    rampEpochs: 2,
    threshold: 1e-3,
  },
  'rhn-small': {
    ...zilly,
    preset: 'rhn-small',
    width: 128,
    depth: 4,
    init: 0.05,
    epochs: 4,
    steps: 20,
    learningRate: 0.5,
    decayFrom: 3,
    decay: 0.5,
    clip: 10,
    // Too few epochs for a network of this size to overfit.
    wordDropout: 0,
    inputDropout: 0,
    stateDropout: 0,
    outputDropout: 0,
    lambda: 0.01,
    rampEpochs: 1,
    threshold: 4e-4,
  },
  'rhn-dense': { ...rhnPaper, preset: 'rhn-dense' },
  rhn: {
    ...rhnPaper,
    preset: 'rhn',
    wordDropout: 0.15,
    inputDropout: 0.45,
    stateDropout: 0.15,
    outputDropout: 0.45,
    lambda: 0.005,
    threshold: 4e-4,
  },
};
