import type { SettingAxis } from './sweep.ts';
import type { SettingValue } from './trial-spec.ts';

/** The values that a sweep gives a setting, in order. */
export function axisValues(axis: SettingAxis): readonly SettingValue[] {
  if (isList(axis)) return axis;
  if (typeof axis !== 'object' || axis === null) return [axis];
  const { from, to, count, scale } = axis;
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return from;
    if (i === count - 1) return to;
    const share = i / (count - 1);
    const value = scale === 'log' ? from * (to / from) ** share : from + (to - from) * share;
    // Powers differ in their last bits between engines, and the ids of trials must not.
    return Number(value.toPrecision(12));
  });
}

/** How many values that are, without making them. */
export function axisCount(axis: SettingAxis): number {
  if (isList(axis)) return axis.length;
  return typeof axis === 'object' && axis !== null ? axis.count : 1;
}

/** Array.isArray takes no read-only list out of a union. */
function isList(axis: SettingAxis): axis is readonly SettingValue[] {
  return Array.isArray(axis);
}
