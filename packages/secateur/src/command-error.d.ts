/** Why a command cannot be done; the message says what to do about it. The program prints it and exits with 1. */
export declare class CommandError extends Error {
    readonly name: string;
}
