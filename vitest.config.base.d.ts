/** What every package's tests share: sources instead of builds, and a result file that `npm test` adds up. */
export declare const vitestBase: import("vite").UserConfig;
