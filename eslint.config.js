import js from '@eslint/js';
import tseslint from 'typescript-eslint';

// The arrows of docs/architecture.md: what the sources of each package may import of ours.
const allowed = {
  input: [],
  kernels: ['input'],
  groups: ['input', 'kernels'],
  safetensors: ['input'],
  'optimizer-state': [],
  backend: ['input', 'kernels'],
  'backend-wasm': ['backend', 'kernels'],
  'backend-webgpu': ['backend', 'kernels'],
  'backend-node': ['backend', 'kernels'],
  cells: ['groups', 'backend', 'kernels', 'input'],
  lasso: ['groups', 'backend', 'optimizer-state', 'input'],
  pruner: ['groups', 'kernels', 'optimizer-state', 'safetensors', 'input'],
  onnx: ['groups', 'kernels', 'pruner', 'safetensors', 'input'],
  training: ['optimizer-state', 'safetensors', 'input'],
  sweep: ['training', 'safetensors', 'input'],
  secateur: ['groups', 'input', 'kernels', 'onnx', 'pruner', 'safetensors', 'training'],
  testing: ['backend', 'backend-node', 'backend-wasm', 'groups', 'kernels'],
  app: ['backend', 'backend-wasm', 'groups', 'input', 'lasso', 'pruner', 'safetensors', 'training'],
  conformance: [
    'backend',
    'backend-wasm',
    'backend-webgpu',
    'cells',
    'groups',
    'kernels',
    'lasso',
    'pruner',
    'testing',
  ],
};
// What a package may name in types only: the command line loads it from the user's folder.
const typesOnly = { secateur: ['backend', 'sweep'] };
// The same of entries that need TensorFlow.js, where another entry of the package does not.
const entriesOfTypes = { secateur: ['@secateur/pruner/tfjs', '@secateur/training'] };
// Of ours, what can be imported: `secateur` is a program without exports.
const all = Object.keys(allowed).filter((name) => name !== 'secateur');
const named = (names) => names.flatMap((name) => [`@secateur/${name}`, `@secateur/${name}/*`]);

/** One rule a package: every import of a package of ours that is not an allowed arrow is an error. */
const arrows = Object.keys(allowed).map((name) => {
  const types = typesOnly[name] ?? [];
  const forbidden = all.filter(
    (other) => other !== name && ![...allowed[name], ...types].includes(other),
  );
  const message = `${name} must not import this: see the table in docs/architecture.md.`;
  return {
    files: [`packages/${name}/src/**/*.ts`],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: named(forbidden),
              message,
            },
            ...(types.length > 0
              ? [{ group: named(types), allowTypeImports: true, message: `Types only: ${message}` }]
              : []),
            ...(entriesOfTypes[name] ?? []).map((entry) => ({
              regex: `^${entry}$`,
              allowTypeImports: true,
              message: `Types only: ${entry} needs TensorFlow.js.`,
            })),
            {
              group: ['**/examples/**', '**/apps/**'],
              message: 'No package imports an application.',
            },
            { group: ['../../*/src/**'], message: 'Import packages by name.' },
            ...(['input', 'kernels', 'groups', 'safetensors', 'onnx', 'secateur'].includes(name)
              ? [
                  {
                    group: ['@tensorflow/*'],
                    // It reads models by the TensorFlow.js of the user's folder.
                    allowTypeImports: name === 'secateur',
                    message: `${name} must not need TensorFlow.js.`,
                  },
                ]
              : []),
          ],
        },
      ],
    },
  };
});

const starters = '/^(spawn|spawnSync|exec|execSync|execFile|execFileSync)$/';

/** What works on Linux and nowhere else, or not on Windows; tools/portable.test.ts tries each. */
const unportable = [
  {
    selector:
      "MemberExpression[property.name='pathname'] > NewExpression[callee.name='URL']:has(MetaProperty)",
    message: 'A path of a file URL is fileURLToPath(url), or join(import.meta.dirname, ...).',
  },
  {
    selector:
      "VariableDeclarator[id.type='ObjectPattern'] > NewExpression[callee.name='URL']:has(MetaProperty)",
    message: 'A path of a file URL is fileURLToPath(url), or join(import.meta.dirname, ...).',
  },
  {
    selector: 'ImportExpression > CallExpression[callee.name=/^(fileURLToPath|join|resolve)$/]',
    message: 'A path with a drive cannot be imported: import the URL, or pathToFileURL(path).href.',
  },
  {
    selector: `CallExpression[callee.name=${starters}] > Literal:first-child[value=/^(npm|npx|nx|tsc|tsx|vitest|prettier|eslint)( |$)/]`,
    message:
      'That is a batch file on Windows: start npmCommand or toolCommand of @secateur/testing/command.',
  },
  {
    selector: `CallExpression[callee.name=${starters}] Property[key.name='shell']`,
    message: 'A shell reads arguments in a way of its own on each system: start the program.',
  },
  {
    selector:
      "MemberExpression[object.property.name='env'][property.name=/^(HOME|USERPROFILE|TMPDIR|TEMP)$/], MemberExpression[object.property.name='env'] > Literal[value=/^(HOME|USERPROFILE|TMPDIR|TEMP)$/]",
    message: 'Ask homedir() or tmpdir() of node:os: each system has its own variables.',
  },
];

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/dist-ts/**',
      '**/.doctest/**',
      'docs/api/**',
      'site/public/**',
      '**/runs/**',
      'build/**',
      '**/assembly/**',
      '**/simd/binaries.js',
    ],
  },
  js.configs.recommended,
  ...tseslint.configs.strict,
  ...tseslint.configs.stylistic,
  {
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-non-null-assertion': 'off',
      '@typescript-eslint/consistent-type-definitions': ['error', 'interface'],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_' }],
      'no-restricted-syntax': [
        'error',
        { selector: 'ExportAllDeclaration', message: 'List exported names one by one.' },
        { selector: 'ExportDefaultDeclaration', message: 'Use named exports.' },
        ...unportable,
      ],
      'no-console': 'error',
    },
  },
  ...arrows,
  {
    // The main entry of the pruner serves weights from anywhere; only its `tfjs` and `node` rooms may need TensorFlow.js.
    files: ['packages/pruner/src/*.ts', 'packages/pruner/src/!(tfjs|node)/**/*.ts'],
    rules: {
      '@typescript-eslint/no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@tensorflow/*'], message: 'Keep TensorFlow.js in src/tfjs and src/node.' },
            {
              group: named(all.filter((other) => !['pruner', ...allowed.pruner].includes(other))),
              message: '@secateur/pruner must not import this: see docs/architecture.md.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.config.ts', '**/*.config.js', '**/*.config.base.ts', 'site/.vitepress/**'],
    rules: { 'no-restricted-syntax': ['error', ...unportable] },
  },
  {
    files: ['**/*.test.ts', 'packages/*/test/**/*.ts', '{apps,examples}/*/test/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          paths: [
            {
              name: 'node:os',
              importNames: ['tmpdir'],
              message: 'Take temporaryFolder and removeFolder of @secateur/testing/temporary.',
            },
          ],
        },
      ],
    },
  },
  {
    files: [
      'tools/**',
      'apps/**',
      'examples/**',
      'site/**',
      'packages/app/**',
      'packages/*/scripts/**',
      'packages/conformance/{runner,page,targets}/**',
      'packages/sweep/{servers,torture}/**',
      'packages/*/bin/**',
      'packages/*/test/**/run.ts',
    ],
    languageOptions: {
      globals: {
        process: 'readonly',
        console: 'readonly',
        URL: 'readonly',
        Buffer: 'readonly',
        performance: 'readonly',
      },
    },
    rules: { 'no-console': 'off' },
  },
);
