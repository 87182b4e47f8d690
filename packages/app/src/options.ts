import { join } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { shown } from '@secateur/input';
import type { z } from 'zod';
import { SettingsError } from './settings-error.ts';

/** What commander hands over: the flags that were given, by their names as settings. */
export type RawFlags = Readonly<Record<string, unknown>>;

/** Parses a number, refusing anything else. */
export function parseNumber(text: string): number {
  const value = Number(text);
  if (text.trim() === '' || !Number.isFinite(value)) {
    throw new InvalidArgumentError(`expected a finite number, found ${shown(text)}.`);
  }
  return value;
}

/** Parses a number of 0 or more, refusing anything else. */
export function parseSize(text: string): number {
  const value = parseNumber(text);
  if (value >= 0) return value;
  throw new InvalidArgumentError(`expected a number of 0 or more, found ${shown(text)}.`);
}

/** Parses a number above 0, refusing anything else. */
export function parsePositive(text: string): number {
  const value = parseNumber(text);
  if (value > 0) return value;
  throw new InvalidArgumentError(`expected a number above 0, found ${shown(text)}.`);
}

/** Parses a whole number of 0 or more, such as a seed, refusing anything else. */
export function parseSeed(text: string): number {
  const value = parseNumber(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  throw new InvalidArgumentError(`expected a whole number of 0 or more, found ${shown(text)}.`);
}

/** Parses a whole number of 1 or more, refusing anything else. */
export function parseCount(text: string): number {
  const value = parseNumber(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new InvalidArgumentError(`expected a whole number of 1 or more, found ${shown(text)}.`);
}

/** Parses numbers with commas between. */
export function parseNumbers(text: string): number[] {
  return text.split(',').map(parseNumber);
}

/**
 * The preset of a name, which was given with a flag.
 *
 * @throws SettingsError naming all there are when there is none.
 */
export function presetOf<T>(
  presets: Readonly<Record<string, T>>,
  name: string,
  flag = 'preset',
): T {
  if (Object.hasOwn(presets, name)) return presets[name]!;
  throw new SettingsError(
    `--${flag}: expected one of ${Object.keys(presets).join(', ')}, found ${shown(name)}.`,
  );
}

/** The flag of a setting: `keepInput` is given as `keep-input`. */
export const flagOf = (setting: string): string =>
  setting.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);

/** Folder of a run that was given none: `runs/`, the preset, and the settings that the command line overrides. */
export function runDirectoryOf(preset: string, raw: RawFlags, given: readonly string[]): string {
  const parts = given.map((key) => `${key}=${String(raw[key]).replace(/[^\w.,-]+/g, '_')}`);
  // A full stop at its end is not part of a name on Windows.
  return join('runs', [preset, ...parts].join('-').replace(/\.+$/, ''));
}

/**
 * Checks settings and says in one message all that is wrong with them.
 *
 * @throws SettingsError listing every setting that does not fit.
 */
export function checkWith<T>(schema: z.ZodType<T>, settings: unknown): T {
  const result = schema.safeParse(settings);
  if (result.success) return result.data;
  const lines = result.error.issues.map(
    ({ path, message }) => `  ${path.join('.') || 'settings'}: ${message}`,
  );
  throw new SettingsError(`settings: ${lines.length} do not fit:\n${lines.join('\n')}`);
}

/** Settings that say of which network another one learns. */
export interface TeacherSettings {
  /** Its model folder, or null. */
  readonly teacher: string | null;
  /** The preset that it is trained with first, or null. */
  readonly teacherPreset: string | null;
  /** Whether the other one starts from its weights. */
  readonly fromTeacher: boolean;
}

/**
 * What flags about a teacher say beside a preset: a folder replaces the preset's own teacher, and `none` stands for no teacher.
 * Where there is none, or another model to start from, a preset's start from the teacher does not count.
 *
 * @throws SettingsError when the command line gives a folder and a preset, what belongs to a teacher where there is none, or two models
 * to start from.
 */
export function teacherFlags(raw: RawFlags, preset: TeacherSettings): TeacherSettings {
  const folder = raw['teacher'] as string | undefined;
  const name = raw['teacherPreset'] as string | undefined;
  if (folder !== undefined && name !== undefined) {
    throw new SettingsError(
      `--teacher-preset: expected none beside --teacher, found ${shown(name)}; leave one of the two out.`,
    );
  }
  const teacher = folder ?? (name === undefined ? preset.teacher : null);
  const chosen = name ?? (folder === undefined ? preset.teacherPreset : null);
  const teacherPreset = chosen === 'none' ? null : chosen;
  const isTaught = teacher !== null || teacherPreset !== null;
  const useless = ['share', 'temperature', 'fromTeacher'].find((key) => Boolean(raw[key]));
  if (!isTaught && useless !== undefined) {
    throw new SettingsError(
      `--${flagOf(useless)}: expected a --teacher or a --teacher-preset beside it, found none; give one, or leave the option out.`,
    );
  }
  const other = raw['from'] as string | undefined;
  if (other !== undefined && raw['fromTeacher'] === true) {
    throw new SettingsError(
      `--from: expected none beside --from-teacher, found ${shown(other)}; leave one of the two out.`,
    );
  }
  const isUsual = isTaught && other === undefined && preset.fromTeacher;
  return { teacher, teacherPreset, fromTeacher: (raw['fromTeacher'] as boolean) ?? isUsual };
}
