import js from '@eslint/js';
import tseslint from 'typescript-eslint';

// The arrows of docs/architecture.md: what the sources of each package may import of ours.
const allowed = {
  groups: [],
  safetensors: [],
  backend: [],
  'backend-wasm': ['backend'],
  'backend-webgpu': ['backend'],
  'backend-node': ['backend'],
  cells: ['groups', 'backend'],
  lasso: ['groups', 'backend'],
  pruner: ['groups', 'safetensors'],
  training: ['safetensors'],
  testing: ['backend', 'backend-node', 'backend-wasm'],
  app: ['backend', 'backend-wasm', 'groups', 'lasso', 'training'],
  conformance: [
    'backend',
    'backend-wasm',
    'backend-webgpu',
    'cells',
    'groups',
    'lasso',
    'pruner',
    'testing',
  ],
};
const all = Object.keys(allowed);

/** One rule a package: every import of a package of ours that is not an allowed arrow is an error. */
const arrows = all.map((name) => {
  const forbidden = all.filter((other) => other !== name && !allowed[name].includes(other));
  return {
    files: [`packages/${name}/src/**/*.ts`],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: forbidden.flatMap((other) => [`@secateur/${other}`, `@secateur/${other}/*`]),
              message: `@secateur/${name} must not import this: see the table in docs/architecture.md.`,
            },
            { group: ['**/examples/**'], message: 'Nothing imports an example.' },
            { group: ['../../*/src/**'], message: 'Import packages by name.' },
            ...(['groups', 'safetensors'].includes(name)
              ? [
                  {
                    group: ['@tensorflow/*'],
                    message: `@secateur/${name} must not need TensorFlow.js.`,
                  },
                ]
              : []),
          ],
        },
      ],
    },
  };
});

export default tseslint.config(
  {
    ignores: [
      '**/dist/**',
      '**/dist-ts/**',
      '**/.doctest/**',
      'docs/api/**',
      '**/runs/**',
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
      ],
      'no-console': 'error',
    },
  },
  ...arrows,
  {
    // The main entry of the pruner serves weights from anywhere; only its `tfjs` and `node` rooms may need TensorFlow.js.
    files: ['packages/pruner/src/*.ts', 'packages/pruner/src/!(tfjs|node)/**/*.ts'],
    rules: {
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            { group: ['@tensorflow/*'], message: 'Keep TensorFlow.js in src/tfjs and src/node.' },
            {
              group: all
                .filter((other) => !['pruner', ...allowed.pruner].includes(other))
                .flatMap((other) => [`@secateur/${other}`, `@secateur/${other}/*`]),
              message: '@secateur/pruner must not import this: see docs/architecture.md.',
            },
          ],
        },
      ],
    },
  },
  {
    files: ['**/*.config.ts', '**/*.config.js', '**/*.config.base.ts'],
    rules: { 'no-restricted-syntax': 'off' },
  },
  {
    files: [
      'tools/**',
      'examples/**',
      'packages/app/**',
      'packages/*/scripts/**',
      'packages/conformance/{runner,page,targets}/**',
      'packages/*/bin/**',
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
