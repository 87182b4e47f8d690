import { conformance } from '../src/conformance.ts';

conformance('node-gpu');
