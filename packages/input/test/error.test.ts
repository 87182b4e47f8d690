import { CodedError } from '@secateur/input';
import { describe, expect, test } from 'vitest';

describe('CodedError', () => {
  test('has a code, a cause, and a text that is safe and ends in a full stop', () => {
    const cause = new Error('behind');
    const error = new CodedError('expected "a", found "\u001b"', { code: 'argument', cause });
    expect(error).toMatchObject({ code: 'argument', cause });
    expect(error.message).toBe(String.raw`expected "a", found "\u001b".`);
  });
  test('keeps the mark that a text ends with, and has no cause without one', () => {
    const error = new CodedError('was it made for other sizes?', { code: 'shapes' });
    expect(error.message).toBe('was it made for other sizes?');
    expect(Object.hasOwn(error, 'cause')).toBe(false);
  });
});
