/** The pages of the site: where each one's text lies in the repository, and where it stands in the site. */
/** A page: one Markdown file of the repository. */
export interface SitePage {
  /** The file, from the repository's root. */
  readonly source: string;
  /** Its address in the site, without a slash before it. */
  readonly route: string;
  /** What the sidebar calls it. */
  readonly title: string;
}
/** A part of the site: an entry of the bar at the top with a sidebar of its own. */
export interface SitePart {
  readonly title: string;
  readonly pages: readonly SitePage[];
}
/** The parts, in the order of the bar. */
export declare const parts: readonly SitePart[];
/** The first page, which stands in no part. */
export declare const home: SitePage;
/** Where TypeDoc writes the pages of the API, and where they stand. */
export declare const api: {
  readonly folder: 'docs/api/';
  readonly route: 'reference/api/';
};
/** The address of a file's page; undefined where the file is no page. */
export declare function routeOf(source: string): string | undefined;
