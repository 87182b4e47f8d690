/** How a language model is run forward: so many sequences at once, with the logits or without. */
export interface Pass {
  readonly batch: number;
  /** With the product that gives the logits of all words. */
  readonly softmax: boolean;
}

/** The pass that the paper times. */
export const PAPER_PASS: Pass = { batch: 10, softmax: true };

/** Every pass: the paper's batch of 10 without and with the softmax, and a single sequence; or the paper's only. */
export const passes = (paperOnly = false): readonly Pass[] =>
  paperOnly
    ? [PAPER_PASS]
    : [{ batch: 10, softmax: false }, PAPER_PASS, { batch: 1, softmax: false }];

/** The name of a network's pass among the cases. */
export const passName = (network: string, { batch, softmax }: Pass): string =>
  `${network} batch ${batch}${softmax ? ' with softmax' : ''}`;
