import { checkOptions, coded, CodedError } from '@secateur/input';
import { describe, expect, test } from 'vitest';

class OptionsError extends CodedError<'argument'> {}
interface Options {
  readonly threads?: number;
  readonly seed: number;
}
const check = (options: unknown): void => {
  const names = { threads: true, seed: true } as const;
  checkOptions('start', options as Options, names, coded(OptionsError, 'argument'));
};

describe('checkOptions', () => {
  test('takes options that are known, one that is undefined too', () => {
    check({ threads: 2, seed: 1 });
    check({ seed: 1, threads: undefined });
    check({});
    check(Object.assign(Object.create(null) as object, { seed: 1 }));
  });
  test('names one that is not, by the error of whoever asks', () => {
    expect(() => {
      check({ seed: 1, thread: 2 });
    }).toThrow(
      new OptionsError(
        'start: expected options among threads, seed, found "thread"; correct it or leave it out.',
        { code: 'argument' },
      ),
    );
    // Names that every object has are options of none.
    for (const name of ['toString', 'constructor', '__proto__']) {
      expect(() => {
        check(JSON.parse(`{ "${name}": 1 }`));
      }).toThrow(`found "${name}"`);
    }
  });
  test.each([null, 5, 'threads', [2], true])('refuses %j', (options) => {
    expect(() => {
      check(options);
    }).toThrow(
      `start: expected an object of options (threads, seed), found ${JSON.stringify(options)}; pass one.`,
    );
  });
});
