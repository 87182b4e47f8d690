import { type Ended } from '@secateur/testing';
/** Runs the command line to its end. */
export declare const qa: (args: readonly string[]) => Promise<Ended>;
/** Starts a run and gives it a signal `delay` ms after it has begun to train. */
export declare const disturb: (args: readonly string[], signal: NodeJS.Signals, delay: number) => Promise<Ended>;
/** A text about three boxes. */
export declare const boxes: (k: number) => {
    colour: string;
    what: string;
    sentence: string;
}[];
/** A folder with a small set of questions about boxes in the form of SQuAD. */
export declare function boxQuestions(): string;
/** Settings under which a tiny network learns these questions in some seconds and loses some of its units. */
export declare const tiny: readonly string[];
