import type { Weights } from '@secateur/groups';
import type { Dialect, Parts } from './part.ts';
/** What is known of a network beside its weights, as the `architecture` of our model directories says it. */
export interface Facts {
    /** Order of the blocks of an LSTM's gates; Keras's, `ifgo`, when left out. */
    readonly gates?: string;
    readonly forgetBias?: number;
    readonly transformBias?: number;
}
/** The layers that names such as `lstm/recurrent_kernel` (Keras) or `lstm1/recurrent` (ours) show. */
export declare function kerasParts(weights: Weights, dialect: Dialect, facts?: Facts): Parts;
