import { SINCE, PERSON } from './patterns.ts';
import type { Template } from './template.ts';

/** Questions about state and government. */
export const GOVERNMENT: readonly Template[] = [
  {
    of: ['Country name', 'conventional long form'],
    asks: ['What is the long name of {}?', 'What is {} called in full?'],
  },
  {
    of: ['Country name', 'former'],
    answer: /^[^,;[(]+/,
    asks: ['What was {} called before?', 'What is a former name of {}?'],
  },
  {
    of: ['Government type'],
    asks: ['What type of government does {} have?', 'How is {} governed?'],
  },
  {
    of: ['Capital', 'name'],
    asks: [
      'What is the capital of {}?',
      'Which city is the capital of {}?',
      'Where does the government of {} sit?',
    ],
  },
  {
    of: ['Capital', 'time difference'],
    asks: ['In which time zone is the capital of {}?', 'What is the time difference of {}?'],
  },
  {
    of: ['Independence'],
    answer: /^\d{1,2} \w+ \d{4}|^\d{4}/,
    asks: ['When did {} become independent?', 'Since when is {} independent?'],
  },
  {
    of: ['Independence'],
    answer: /\(from (?:the )?([^);,]+)\)/,
    asks: ['From whom did {} become independent?', 'Who ruled {} before?'],
  },
  {
    of: ['National holiday'],
    answer: /^[^,;(]+(?=, \d)/,
    asks: ['What is the national holiday of {}?', 'What does {} celebrate as its national day?'],
  },
  {
    of: ['National holiday'],
    answer: /, (\d{1,2} \w+)/,
    asks: ['On which day is the national holiday of {}?', 'When does {} celebrate?'],
  },
  {
    of: ['Legal system'],
    answer: /^[^;]+/,
    asks: ['What legal system does {} have?', 'What kind of law holds in {}?'],
  },
  {
    of: ['Suffrage'],
    answer: /^\d+(?: years of age)/,
    asks: ['At which age may people in {} vote?', 'From which age on is there suffrage in {}?'],
  },
  {
    of: ['Executive branch', 'chief of state'],
    answer: PERSON,
    asks: ['Who is the chief of state of {}?', 'Who stands at the head of the state in {}?'],
  },
  {
    of: ['Executive branch', 'chief of state'],
    answer: SINCE,
    asks: ['Since when has {} had its chief of state?'],
  },
  {
    of: ['Executive branch', 'head of government'],
    answer: PERSON,
    asks: ['Who is the head of government of {}?', 'Who leads the government of {}?'],
  },
  {
    of: ['Executive branch', 'head of government'],
    answer: SINCE,
    asks: ['Since when has {} had its head of government?'],
  },
  {
    of: ['National symbol(s)'],
    answer: /^[^;:,(]+/,
    asks: ['What is the national symbol of {}?', 'Which symbol stands for {}?'],
  },
  {
    of: ['National symbol(s)'],
    answer: /national colors: ([^;]+)/,
    asks: ['What are the national colors of {}?', 'Which colors stand for {}?'],
  },
  {
    of: ['National anthem', 'name'],
    answer: /^"[^"]+"/,
    asks: ['What is the national anthem of {}?', 'What is the name of the anthem of {}?'],
  },
  {
    of: ['National anthem', 'lyrics/music'],
    answer: /^[^/;,]+/,
    asks: ['Who wrote the words of the anthem of {}?'],
  },
];
