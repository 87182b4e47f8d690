import { CodedError, shown } from '@secateur/input';

// All control characters but tab, line feed and carriage return: a terminal would act on them.
const controls = /(?![\t\n\r])\p{Cc}/u;

/** What is wrong with an error as a message to a user; undefined when nothing is. */
export function faultOfError(error: unknown): string | undefined {
  if (!(error instanceof Error)) return `no Error but ${typeof error}`;
  const { name, message } = error;
  // The applications, which nobody calls, throw plain errors.
  if (!(error instanceof CodedError || error.constructor === Error)) return `a raw ${name}`;
  if (!/expected[^]*found/.test(message))
    return 'a message that does not say what was expected and found';
  if (message.length > 2000) return `a message of ${message.length} characters`;
  if (controls.test(message)) return 'control characters in the message';
  return undefined;
}

/** A message for a line of output. */
export function shownError(error: unknown): string {
  return shown(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
}
