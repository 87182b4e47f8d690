import type { Command } from 'commander';
import type { z } from 'zod';
import { shown } from '@secateur/input';
import { flagOf, parseNumber, parseNumbers, type RawFlags } from './options.ts';
import { SettingsError } from './settings-error.ts';

/** What the command line says of a setting. */
interface OptionText {
  /** What the help calls its value, `<epochs>`; nothing where it takes none. */
  readonly value: string;
  readonly help: string;
  /** The help of its opposite, `--no-`, where that is an option too. */
  readonly opposite?: string;
}

/**
 * Gives a setting its option on the command line: what its value is called, or nothing where it takes none, and its help. So a
 * setting's name, type, limits and help stand in one place.
 */
export const asOption = <S extends z.ZodType>(
  schema: S,
  value: string,
  help: string,
  opposite?: string,
): S => schema.meta({ value, help, ...(opposite && { opposite }) } satisfies OptionText);

/** Settings by name. */
type SettingSchemas = Readonly<Record<string, z.ZodType>>;

/** Settings of an application: what they may be, and what a command line makes of them. */
export interface SettingsForm<Settings> {
  readonly schemas: SettingSchemas;
  readonly presets: Readonly<Record<string, Settings>>;
  /** What the help calls the preset of those who name none. */
  readonly usual: string;
  /** An option that chooses among presets, and its help. */
  readonly choice?: readonly [flags: string, help: string];
  /** Settings from a preset and what the command line overrides. */
  from(raw: RawFlags): Settings;
  /** Checks the settings in `config.json`. */
  check(config: unknown): Settings;
}

/** Those of the settings that have an option, with what the command line says of them. */
const optionsOf = (settings: SettingSchemas): [string, z.ZodType, Partial<OptionText>][] =>
  Object.entries(settings).flatMap(([name, schema]) => {
    const text = schema.meta() as Partial<OptionText> | undefined;
    return text?.help === undefined ? [] : [[name, schema, text]];
  });

/** Adds `--preset` and an option for every setting that has one, in their order. */
export function addSettingsOptions(
  command: Command,
  { presets, usual, choice, schemas }: Omit<SettingsForm<unknown>, 'from' | 'check'>,
): Command {
  const names = Object.keys(presets).join(', ');
  command.option('--preset <name>', `settings to start from: ${names}; default: ${usual}`);
  if (choice !== undefined) command.option(...choice);
  for (const [name, schema, { value = '', help, opposite }] of optionsOf(schemas)) {
    const flags = `--${flagOf(name)} ${value}`.trim();
    const parse = parserOf(schema);
    if (parse === undefined) command.option(flags, help);
    else command.option<unknown>(flags, help!, parse);
    if (opposite !== undefined) command.option(`--no-${flagOf(name)}`, opposite);
  }
  return command;
}

/** Names of the settings that options of the command line give. */
export const givenSettings = (settings: SettingSchemas, raw: RawFlags): string[] =>
  optionsOf(settings).flatMap(([name]) => (raw[name] === undefined ? [] : [name]));

/**
 * Throws where the command line gives what a run in `--resume` has already.
 *
 * @throws SettingsError naming the first such option.
 */
export function refuseSettings(
  { schemas, choice }: Pick<SettingsForm<unknown>, 'schemas' | 'choice'>,
  raw: RawFlags,
): void {
  const chosen = choice === undefined ? [] : [/^--(\w+)/.exec(choice[0])![1]!];
  const given = ['run', 'preset', ...chosen].filter((key) => raw[key] !== undefined);
  const [first] = [...given, ...givenSettings(schemas, raw)];
  if (first === undefined) return;
  throw new SettingsError(
    `--${flagOf(first)}: expected none beside --resume, which goes on with the settings that the run began with, in its folder, found ${shown(raw[first])}; leave one of the two out.`,
  );
}

/** How the text of an option is read for a schema; undefined where it stays text, or there is none. */
function parserOf(schema: z.ZodType): ((text: string) => unknown) | undefined {
  const { type, innerType } = schema.def as { readonly type: string; innerType?: z.ZodType };
  if (innerType !== undefined) return parserOf(innerType);
  if (type === 'number') return parseNumber;
  return type === 'array' ? parseNumbers : undefined;
}
