import { usualSettings } from '@secateur/app/command';
import type { Settings } from './settings.ts';

/** The settings of the ISS code, but epochs in place of its 10,000 steps of 60 questions; `word` is GloVe's. */
const paper: Settings = {
  preset: 'paper',
  ...usualSettings,
  glove: null,
  vectors: null,
  epochs: 7,
  batch: 60,
  maxContext: 400,
  maxQuestion: 30,
  minWords: 2,
  minChars: 2,
  word: 100,
  char: 8,
  filters: 100,
  units: 100,
  learningRate: 0.001,
  decayFrom: 7,
  dropout: 0.2,
  charDropout: 0.2,
  average: 0.999,
  shrinkEpochs: 2,
  threshold: 4e-4,
  groups: 'exact',
};

/**
 * Half of the paper's sizes for a part of SQuAD and a few thousand steps: these want a larger rate, which falls to 0, a shorter
 * average, and no more dropout without lambda than with it.
 */
const half: Settings = {
  ...paper,
  preset: 'half',
  epochs: 4,
  batch: 30,
  minWords: 5,
  filters: 50,
  units: 50,
  learningRate: 0.002,
  decayFrom: 2,
  dropout: 0.1,
  average: 0.99,
};

const quickDense: Settings = {
  ...paper,
  preset: 'quick-dense',
  epochs: 5,
  batch: 32,
  word: 50,
  filters: 50,
  units: 40,
  learningRate: 0.002,
  dropout: 0.1,
  average: 0.99,
  decayFrom: 2,
};

/**
 * Settings by name, of which `quick` ones are for the embedded questions: `quick` trains the network of `quick-dense` first, and then
 * one with a budget that learns from it; `quick-iss` takes the paper's way, with lambda. `half` and `paper` are for SQuAD,
 * `-iss` with lambda, and the paper's with less dropout beside it.
 */
export const presets: Readonly<Record<string, Settings>> = {
  quick: {
    ...quickDense,
    preset: 'quick',
    teacherPreset: 'quick-dense',
    fromTeacher: true,
    targetMacs: 0.5,
  },
  'quick-dense': quickDense,
  'quick-iss': {
    ...quickDense,
    preset: 'quick-iss',
    lambda: 6,
    rampEpochs: 1,
    penalty: 'proximal',
  },
  half,
  'half-iss': { ...half, preset: 'half-iss', lambda: 0.002 },
  paper,
  'paper-iss': { ...paper, preset: 'paper-iss', dropout: 0.1, lambda: 0.001 },
};
