import { conformance } from '../src/conformance.ts';

conformance('chromium-cpu');
