/**
 * Choose, start, describe and diagnose a TensorFlow.js backend.
 * @packageDocumentation
 */
import './register-gradients.ts';

export { useBackend } from './use-backend.ts';
export { describe } from './describe.ts';
export type { BackendDescription, SkippedBackend } from './description.ts';
export { doctor, formatDoctor, type BackendCheck, type DoctorReport } from './doctor.ts';
export { BackendError, type BackendErrorCode } from './backend-error.ts';
export type { BackendName, BackendOptions } from './backend-driver.ts';
