/** Lets one loop sleep until others wake it. */
export interface Wake {
  /** Resolves at the next call of `wake`, or after `milliseconds`; at once when it was called since the last sleep. */
  sleep(milliseconds?: number): Promise<void>;
  wake(): void;
}

/** Makes a {@link Wake}. */
export function wake(): Wake {
  let called = false;
  let resolve: (() => void) | undefined;
  return {
    async sleep(milliseconds) {
      let timer: NodeJS.Timeout | undefined;
      if (!called) {
        await new Promise<void>((awake) => {
          resolve = awake;
          if (milliseconds !== undefined) timer = setTimeout(awake, milliseconds);
        });
      }
      clearTimeout(timer);
      resolve = undefined;
      called = false;
    },
    wake() {
      called = true;
      resolve?.();
    },
  };
}
