/** The pages that show projects of several files, which are built and opened in a browser. */
export const projects = ['docs/start/browser.md', 'docs/guide/deployment.md'] as const;
