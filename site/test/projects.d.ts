/** The pages that show projects of several files, which are built and opened in a browser. */
export declare const projects: readonly ['docs/start/browser.md', 'docs/guide/deployment.md'];
