/** A file whose URL Vite puts into the bundle. */
declare module '*?url' {
  const url: string;
  // eslint-disable-next-line no-restricted-syntax -- what Vite makes of such an import
  export default url;
}

/** A file as text. */
declare module '*?raw' {
  const text: string;
  // eslint-disable-next-line no-restricted-syntax -- what Vite makes of such an import
  export default text;
}

declare module '*.css';

/** The speeches that vite.config.ts reads while it builds. */
declare module 'virtual:speeches' {
  export const text: string;
}
