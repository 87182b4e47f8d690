import { isRecord, nearest, shown } from '@secateur/input';
import { z } from 'zod';
import type { SettingAxis, SettingRange, Sweep } from './sweep.ts';
import type { SettingValue, TrialSpec } from './trial-spec.ts';

/** A value that is checked by a function, with a message that says what was expected and found, and what to do. */
function value<T>(
  expected: string,
  advice: string,
  is: (value: unknown) => boolean,
): z.ZodType<T, T> {
  return z.custom<T>(is, {
    error: ({ input }) => `expected ${expected}, found ${shown(input, 60)}; ${advice}`,
  });
}

/** An object whose unknown names are errors that say the nearest known one. */
function fields<T extends z.ZodRawShape>(shape: T): z.ZodObject<T, z.core.$strict> {
  const names = Object.keys(shape);
  return z.strictObject(shape, {
    error: (issue) => {
      if (issue.code !== 'unrecognized_keys') {
        return `expected an object with ${names.join(', ')}, found ${shown(issue.input, 60)}; write { ... }`;
      }
      const [unknown] = issue.keys as [string];
      return `expected one of ${names.join(', ')}, found ${shown(unknown)}; did you mean ${shown(nearest(unknown, names))}?`;
    },
  });
}

const isText = (found: unknown): found is string => typeof found === 'string' && found !== '';
const text = (what: string, example: string): z.ZodType<string, string> =>
  value(what, `write a text such as ${shown(example)}`, isText);
const number = value<number>('a number', 'write a number', Number.isFinite);
const count = (least: number): z.ZodType<number, number> =>
  value(
    `a whole number of ${least} or more`,
    'write such a number',
    (found) => Number.isSafeInteger(found) && (found as number) >= least,
  );
const oneOf = <T extends string>(...words: T[]): z.ZodType<T, T> =>
  value(words.map((word) => shown(word)).join(' or '), 'write one of these', (found) =>
    (words as unknown[]).includes(found),
  );

const isSettingValue = (found: unknown): found is SettingValue =>
  found === null || ['string', 'boolean'].includes(typeof found) || Number.isFinite(found);

/** Names that can stand in `{NAME}`. */
const SETTING = /^[A-Za-z_][\w.-]*$/;
const settingName = value<string>(
  'a name of letters, digits, "_", "-" and "."',
  'begin it with a letter; "run" stands for the run directory',
  (found) => typeof found === 'string' && SETTING.test(found) && found !== 'run',
);
const oneValue = value<SettingValue>(
  'a text, a number, true, false or null',
  'write one value',
  isSettingValue,
);

const range = fields({
  from: number,
  to: number,
  count: count(2),
  scale: oneOf('linear', 'log').default('linear'),
})
  .refine(({ from, to }) => from !== to, {
    error: 'expected two ends that differ, found one; write the value alone',
  })
  .refine(({ from, to, scale }) => scale === 'linear' || (from > 0 && to > 0), {
    error: 'expected ends above 0 on a log scale, found others; use the scale "linear"',
  });

const list = z
  .array(oneValue)
  .refine((values) => values.length > 0, {
    error: 'expected at least one value, found an empty list; add one, or remove the setting',
  })
  .refine((values) => new Set(values).size === values.length, {
    error: 'expected values that differ, found one twice; remove one of the two',
  });

const axis = z.unknown().transform((found, context): SettingAxis => {
  const schema = Array.isArray(found) ? list : isRecord(found) ? range : oneValue;
  const result = (schema as z.ZodType<SettingValue | SettingValue[] | SettingRange>).safeParse(
    found,
  );
  if (result.success) return result.data;
  for (const { path, message } of result.error.issues) {
    context.issues.push({ code: 'custom', input: found, path, message });
  }
  return z.NEVER;
});

const command = value<string[]>(
  'a list of a program and its arguments',
  'write a list of texts such as ["node", "train.js", "{run}"]',
  (found) =>
    Array.isArray(found) && isText(found[0]) && found.every((part) => typeof part === 'string'),
);

const figure = {
  name: text('a name for tables and pages', 'multiply-adds'),
  key: text('where it is in result.json', 'pruned.perplexity.test'),
};
const quality = fields({ ...figure, better: oneOf('lower', 'higher') });
const settings = z.record(settingName, oneValue);

/** What a `sweep.json` may hold. */
export const sweepSchema: z.ZodType<Sweep> = fields({
  name: value<string>(
    'a name of at most 40 lower-case letters, digits and "-"',
    'choose one such as "quick-lambda": folders, queues and jobs of clusters are named after it',
    (found) => typeof found === 'string' && /^[a-z0-9][a-z0-9-]{0,39}$/.test(found),
  ),
  command,
  settings: z.record(settingName, axis).exactOptional(),
  trials: z
    .array(settings)
    .refine((trials) => trials.length > 0, {
      error: 'expected at least one trial, found an empty list; add one, or use "settings"',
    })
    .exactOptional(),
  seeds: value<number[]>(
    'a list of whole numbers that differ',
    'write them one by one, such as [1, 2, 3]',
    (found) =>
      Array.isArray(found) &&
      found.length > 0 &&
      found.every(Number.isSafeInteger) &&
      new Set(found).size === found.length,
  ).exactOptional(),
  quality: quality.exactOptional(),
  work: fields(figure).exactOptional(),
  retries: count(0).default(5),
});

/** What a line of `trials.jsonl` holds. */
export const trialSchema: z.ZodType<TrialSpec> = fields({
  id: text('the id of a trial', 'quick-lambda-0f3a'),
  sweep: text('the name of a sweep', 'quick-lambda'),
  command,
  settings,
  quality: quality.exactOptional(),
  work: fields(figure).exactOptional(),
  retries: count(0),
  versions: z.record(z.string(), text('a version', '0.1.0')),
});

/** Every issue of a failed parse, with where it is. */
export function issuesOf(error: z.ZodError): string {
  return error.issues
    .map((issue) => {
      const message = issue.code === 'invalid_key' ? issue.issues[0]!.message : issue.message;
      return issue.path.length === 0 ? message : `${issue.path.join('.')}: ${message}`;
    })
    .join('; ');
}
