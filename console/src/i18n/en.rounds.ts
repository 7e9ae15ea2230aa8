import type { esRounds } from './es.rounds';

export const enRounds: Record<keyof typeof esRounds, string> = {
  'nav.rounds': 'Rounds',
  'nav.rounds.body': 'What each person got done in their rounds',
  'rounds.title': 'Rounds',
  'rounds.label': 'Rounds by person',
  'rounds.body':
    'The rounds of the files you imported, added up by person. Only administrators see them, and nobody is ranked: they go by name.',
  'rounds.from': 'From',
  'rounds.to': 'To',
  'rounds.person': 'Person',
  'rounds.light': 'Productivity',
  'rounds.light.green': 'Good',
  'rounds.light.amber': 'Fair',
  'rounds.light.red': 'Low',
  'rounds.light.grey': 'No data',
  'rounds.rounds': 'Rounds',
  'rounds.minutes': '{minutes} min',
  'rounds.done': 'Made ready',
  'rounds.success': 'Success',
  'rounds.efficiency': 'Efficiency',
  'rounds.left': 'The rest',
  'rounds.left.of':
    '{cancelled} called off, {scheduled} put off, {difficult} difficult, {pending} left',
  'rounds.incidents': 'Incidents',
  'rounds.incidents.of': '{solved} of {reviewed} solved',
  'rounds.empty': 'No rounds in these days',
  'rounds.empty.body': 'Import the CSV of rounds to see them here.',
  'import.format.rounds': 'Rounds of operators',
  'import.toRounds': 'See the rounds',
  'rowError.bad_time': 'The time of day is not understood',
};
