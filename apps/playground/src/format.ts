/** A whole number with commas. */
export const whole = (value: number): string => Math.round(value).toLocaleString('en');

/** A share as whole percent. */
export const percent = (value: number): string =>
  value > 0 && value < 0.005 ? 'under 1 %' : `${Math.round(100 * value)} %`;

/** A number of bytes, in kB of 1000 where there are as many. */
export const bytes = (value: number): string => {
  if (value < 1000) return `${Math.round(value)} bytes`;
  return value < 1e6 ? `${(value / 1000).toFixed(1)} kB` : `${(value / 1e6).toFixed(2)} MB`;
};

/** Milliseconds with two digits that mean something. */
export const milliseconds = (value: number | null): string =>
  value === null ? '–' : `${value < 10 ? value.toFixed(1) : Math.round(value)} ms`;

/** A very small number, such as a difference by rounding. */
export const tiny = (value: number): string => (value === 0 ? '0' : value.toExponential(1));
