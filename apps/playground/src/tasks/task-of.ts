import { text as speeches } from 'virtual:speeches';
import type { Settings } from '../settings.ts';
import { gestureTask } from './gesture-task.ts';
import { sineTask } from './sine-task.ts';
import type { Task } from './task.ts';
import { characterTask, wordTask } from './text-task.ts';

/** The task that the settings choose. */
export function taskOf({ task, text, gestures, seed }: Settings): Task {
  if (task === 'characters') return characterTask(text, seed);
  if (task === 'words') return wordTask(speeches, seed);
  return task === 'sine' ? sineTask(seed) : gestureTask(gestures, seed);
}
