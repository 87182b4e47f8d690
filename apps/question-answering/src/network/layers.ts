import {
  bidirectionalLayer,
  denseLayer,
  embeddingLayer,
  lstmLayer,
  type Layer,
} from '@secateur/cells';

/** Added to every forget gate (`forget_bias` of the ISS code). */
const FORGET_BIAS = 1;

/** The dimensions of a pair of LSTMs, forward and backward. */
export const directions = (name: string): [forward: string, backward: string] => [
  `${name}/fw`,
  `${name}/bw`,
];

const both = (name: string): string => directions(name).join(' + ');

/**
 * The layers of BiDAF, from which its layout and what it computes both come. Dimensions are named after the LSTMs that write
 * them; what the network reads of `[h, u_a, h * u_a, h * h_a]` is the contextual LSTM's four times. `a1` is the name of the
 * mean of `modelling2` where the answer starts, if it is to have dimensions of its own.
 */
export function bidafLayers({ window = 5, a1 }: { window?: number; a1?: string | undefined } = {}) {
  const token = 'word + filters';
  const p0 = `4*(${both('context')})`;
  const g1 = both('modelling2');
  const pair = (name: string, input: string): Layer => {
    const [forward, backward] = directions(name).map((each) =>
      lstmLayer(each, { input, units: each, forgetBias: FORGET_BIAS }),
    );
    return bidirectionalLayer(forward!, backward!);
  };
  const scores = (name: string, input: string): Layer =>
    denseLayer(name, { input, output: '1', bias: false });
  const highway = (name: string): Layer =>
    denseLayer(name, { input: token, output: `2*(${token})` });
  return {
    words: embeddingLayer('words', { vocab: 'words', width: 'word' }),
    chars: embeddingLayer('chars', { vocab: 'chars', width: 'char' }),
    charCnn: denseLayer('charCnn', { input: `${window}*char`, output: 'filters' }),
    highway1: highway('highway1'),
    highway2: highway('highway2'),
    context: pair('context', token),
    attention: scores('attention', `3*(${both('context')})`),
    modelling1: pair('modelling1', p0),
    modelling2: pair('modelling2', both('modelling1')),
    start: scores('start', `${p0} + ${g1}`),
    output: pair('output', `${p0} + ${g1} + ${a1 === undefined ? g1 : both(a1)} + ${g1}`),
    end: scores('end', `${p0} + ${both('output')}`),
  };
}

/** What each of them computes does not depend on the names of dimensions. */
export const layers = bidafLayers();
