/** A file whose URL Vite puts into the bundle. */
declare module '*?url' {
  const url: string;
  // eslint-disable-next-line no-restricted-syntax -- what Vite makes of such an import
  export default url;
}
