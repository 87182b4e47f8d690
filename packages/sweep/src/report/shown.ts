import type { Spread } from '../search/trade-off.ts';
import type { SettingValue } from '../spec/trial-spec.ts';

const format = new Intl.NumberFormat('en-US', { maximumSignificantDigits: 5 });
const whole = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

/** A number for people: five digits, all of those before the point. */
export const numberText = (value: number): string =>
  (Math.abs(value) >= 1e5 ? whole : format).format(value);

/** A mean with its standard deviation, where there is one. */
export const spreadText = ({ mean, deviation }: Spread): string =>
  deviation === 0
    ? numberText(mean)
    : `${numberText(mean)} ± ${numberText(Number(deviation.toPrecision(2)))}`;

/** A setting's value: of a fraction six digits, as many as `sweep find` tells apart. */
export const settingText = (value: SettingValue | undefined): string =>
  typeof value === 'number' && !Number.isInteger(value)
    ? String(Number(value.toPrecision(6)))
    : String(value ?? '');

/** Settings as a phrase, such as `lambda 0.01, seed 2`. */
export const settingsText = (settings: Readonly<Record<string, SettingValue>>): string =>
  Object.entries(settings)
    .map(([name, value]) => `${name} ${settingText(value)}`)
    .join(', ');

/** Seconds as hours, or minutes where they are few. */
export const timeText = (seconds: number): string =>
  seconds < 3600
    ? `${(seconds / 60).toFixed(1)} min`
    : `${numberText(Math.round(seconds / 36) / 100)} h`;
