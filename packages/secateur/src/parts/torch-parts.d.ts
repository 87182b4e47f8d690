import { type Weights } from '@secateur/groups';
import type { Parts } from './part.ts';
/** The modules of a state dict of PyTorch: `nn.LSTM`, `nn.GRU`, `nn.RNN`, `nn.Linear` with its bias, `nn.Embedding`. */
export declare function torchParts(weights: Weights): Parts;
/** A name for the notation. */
export declare const dimName: (name: string) => string;
