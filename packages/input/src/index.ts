/**
 * What every reader of files from others needs: JSON with limits, text for messages, terminals and HTML, the nearest name, and options.
 * @packageDocumentation
 */
export { parseJson, type JsonLimits } from './parse-json.ts';
export {
  foundText,
  htmlText,
  messageText,
  namesText,
  sentence,
  shown,
  terminalText,
} from './text.ts';
export { nearest } from './nearest.ts';
export { checkOptions, type OptionNames } from './options.ts';
export { isRecord, typeName } from './value.ts';
export { coded, CodedError, InputError, type InputErrorCode, type MakeError } from './error.ts';
