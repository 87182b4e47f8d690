import { layoutFromJson, type Layout } from '@secateur/groups';

/**
 * The language model of the paper's Table 1: `embedding`, `lstm1/*`, `lstm2/*` and so on, `softmax/*`, over the dimensions
 * `vocab`, `embed`, `h1`, `h2` and so on. Written out, so that tests hold the layouts of layers to it.
 */
export function stackedLstmLayout(sizes: {
  readonly vocab: number;
  readonly embed: number;
  readonly hidden: readonly number[];
}): Layout {
  const { vocab, embed, hidden } = sizes;
  const dims: Record<string, number> = { vocab, embed };
  const weights: Record<string, string> = { embedding: 'vocab -> embed [lookup]' };
  hidden.forEach((units, k) => {
    const name = `h${k + 1}`;
    dims[name] = units;
    weights[`lstm${k + 1}/kernel`] = `${k === 0 ? 'embed' : `h${k}`} -> 4*${name}`;
    weights[`lstm${k + 1}/recurrent`] = `${name} -> 4*${name}`;
    weights[`lstm${k + 1}/bias`] = `-> 4*${name}`;
  });
  weights['softmax/kernel'] = `h${hidden.length} -> vocab`;
  weights['softmax/bias'] = '-> vocab';
  return layoutFromJson({ dims, weights });
}

/** The language model of the paper's Table 2: a tied embedding, and a Recurrent Highway Network of one width. */
export function rhnLanguageModelLayout(sizes: {
  readonly vocab: number;
  readonly width: number;
  readonly depth: number;
}): Layout {
  const { vocab, width, depth } = sizes;
  const weights = {
    embedding: 'vocab <-> width',
    'rhn/kernel': 'width -> 2*width',
    'rhn/recurrent': `width -> ${2 * depth}*width`,
    'rhn/bias': `-> ${2 * depth}*width`,
    'softmax/bias': '-> vocab',
  };
  return layoutFromJson({ dims: { vocab, width }, weights });
}
