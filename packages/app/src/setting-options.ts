import type { Command } from 'commander';
import type { z } from 'zod';
import { flagOf, parseNumber, parseNumbers } from './options.ts';

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

/** Adds an option for every setting that has one, in their order. */
export function addSettings(command: Command, settings: Readonly<Record<string, z.ZodType>>): void {
  for (const [name, schema] of Object.entries(settings)) {
    const text = schema.meta() as Partial<OptionText> | undefined;
    if (text?.help === undefined) continue;
    const flags = `--${flagOf(name)} ${text.value ?? ''}`.trim();
    const parse = parserOf(schema);
    if (parse === undefined) command.option(flags, text.help);
    else command.option<unknown>(flags, text.help, parse);
    if (text.opposite !== undefined) command.option(`--no-${flagOf(name)}`, text.opposite);
  }
}

/** How the text of an option is read for a schema; undefined where it stays text, or there is none. */
function parserOf(schema: z.ZodType): ((text: string) => unknown) | undefined {
  const { type, innerType } = schema.def as { readonly type: string; innerType?: z.ZodType };
  if (innerType !== undefined) return parserOf(innerType);
  if (type === 'number') return parseNumber;
  return type === 'array' ? parseNumbers : undefined;
}
