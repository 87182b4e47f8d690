import { type Layout, type Weights } from '@secateur/groups';
import { type Parts } from './part.ts';
/** How the parts of a file hang together. */
export interface Linked {
    readonly layout: Layout;
    /** One sentence for each part whose units stay, and what was taken for granted. */
    readonly notes: readonly string[];
    /** The names of the parts one after the other, when they are a chain. */
    readonly order: readonly string[] | undefined;
}
/**
 * Makes the layout of what names and shapes show. Parts follow each other where the widths leave one way only, or as `order`
 * says; what may be read by more than one is not offered for pruning.
 *
 * @throws CommandError when `order` names other parts than there are, or two that do not fit.
 */
export declare function linkParts(found: Parts, weights: Weights, order?: readonly string[]): Linked;
/** The order in which a layout says that parts read each other; undefined when they are no chain. */
export declare function orderIn(layout: Layout, { parts }: Parts): readonly string[] | undefined;
