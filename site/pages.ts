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

const page = (source: string, route: string, title: string): SitePage => ({ source, route, title });

const readmes = [
  ['secateur', 'secateur (command line)'],
  ...[
    ...[
      'groups',
      'lasso',
      'pruner',
      'cells',
      'training',
      'onnx',
      'sweep',
      'safetensors',
      'kernels',
    ],
    ...['backend', 'backend-wasm', 'backend-webgpu', 'backend-node', 'optimizer-state', 'input'],
  ].map((name) => [name, `@secateur/${name}`]),
] as [string, string][];

/** The parts, in the order of the bar. */
export const parts: readonly SitePart[] = [
  {
    title: 'Start',
    pages: [
      page('docs/start/browser.md', 'start/browser', 'In the browser'),
      page('docs/start/node.md', 'start/node', 'In Node'),
      page('docs/start/layers-model.md', 'start/layers-model', 'With a model of tf.layers'),
      page('docs/start/trained-file.md', 'start/trained-file', 'With a trained file'),
    ],
  },
  {
    title: 'Guide',
    pages: [
      page('docs/guide/iss.md', 'guide/iss', 'How a network slims itself'),
      page('docs/guide/layouts.md', 'guide/layouts', 'Layouts'),
      page('docs/guide/budget.md', 'guide/budget', 'Training with a budget'),
      page('docs/guide/distillation.md', 'guide/distillation', 'Distillation'),
      page('docs/choosing-lambda.md', 'guide/choosing-lambda', 'Choosing λ by hand'),
      page('docs/guide/sweeps.md', 'guide/sweeps', 'Sweeps over machines'),
      page('docs/backends.md', 'guide/backends', 'Backends'),
      page('docs/guide/deployment.md', 'guide/deployment', 'Deployment'),
    ],
  },
  {
    title: 'Examples',
    pages: [
      page('docs/examples.md', 'examples/index', 'All examples'),
      page('examples/quickstart/README.md', 'examples/quickstart', 'Quick start'),
      page('apps/language-modeling/README.md', 'examples/language-modeling', 'Language modeling'),
      page(
        'apps/question-answering/README.md',
        'examples/question-answering',
        'Answering questions',
      ),
    ],
  },
  {
    title: 'Results',
    pages: [
      page('docs/results/README.md', 'results/index', 'In short'),
      page('docs/results/language-modeling.md', 'results/language-modeling', 'Language modeling'),
      page('docs/results/recurrent-highway.md', 'results/recurrent-highway', 'Highway networks'),
      page(
        'docs/results/question-answering.md',
        'results/question-answering',
        'Answering questions',
      ),
      page('docs/results/performance.md', 'results/performance', 'Speed and memory'),
      page('docs/results/webgpu.md', 'results/webgpu', 'WebGPU on a GPU'),
    ],
  },
  {
    title: 'Reference',
    pages: [
      page('docs/reference/README.md', 'reference/index', 'Overview'),
      page('docs/reference/layout-notation.md', 'reference/layout-notation', 'Layout notation'),
      page('docs/reference/file-formats.md', 'reference/file-formats', 'File formats'),
      page('docs/kernels.md', 'reference/kernels', 'Kernels'),
      page('docs/reference/sizes.md', 'reference/sizes', 'Sizes of the packages'),
      page('docs/glossary.md', 'reference/glossary', 'Glossary'),
      ...readmes.map(([name, title]) =>
        page(`packages/${name}/README.md`, `reference/packages/${name}`, title),
      ),
    ],
  },
  {
    title: 'Internals',
    pages: [
      page('docs/architecture.md', 'internals/architecture', 'Architecture'),
      page('docs/adding-a-cell.md', 'internals/adding-a-cell', 'Adding a cell'),
      page('docs/adding-a-backend.md', 'internals/adding-a-backend', 'Adding a backend'),
      page('docs/decisions.md', 'internals/decisions', 'Decisions'),
      page('docs/question-answering.md', 'internals/question-answering', 'What BiDAF counts'),
      page('packages/conformance/README.md', 'internals/conformance', 'Conformance of backends'),
      page('docs/torture.md', 'internals/torture', 'Torture'),
      page('docs/releasing.md', 'internals/releasing', 'Releasing'),
      page('CONTRIBUTING.md', 'internals/contributing', 'Contributing'),
      page('SECURITY.md', 'internals/security', 'Security'),
    ],
  },
];

/** The first page, which stands in no part. */
export const home: SitePage = page('site/index.md', 'index', 'Secateur');

/** Where TypeDoc writes the pages of the API, and where they stand. */
export const api = { folder: 'docs/api/', route: 'reference/api/' } as const;

const routes = new Map(
  [home, ...parts.flatMap(({ pages }) => pages)].map(({ source, route }) => [source, route]),
);

/** The address of a file's page; undefined where the file is no page. */
export function routeOf(source: string): string | undefined {
  if (source.startsWith(api.folder)) {
    // TypeDoc keeps `index` for what it says of a package as a whole, and calls its main entry `index-1`.
    const entry = source.slice(api.folder.length).replace(/^@secateur\//, '');
    return api.route + entry.replace(/(\/index)-1\.md$|\.md$/, '$1');
  }
  return routes.get(source);
}
