import type { esDiscrepancies } from './es.discrepancies';

/** Texts of shipments whose sources contradict themselves, and of parcels at offices. */
export const enDiscrepancies: Record<keyof typeof esDiscrepancies, string> = {
  'nav.discrepancies': 'Discrepancies',
  'nav.discrepancies.body': 'Shipments whose sources contradict themselves.',
  'discrepancies.title': 'Discrepancies',
  'discrepancies.body':
    'Shipments where one source contradicts another one, or itself. Each shows what every source says and since when. Marked as reviewed it leaves the list until a source says something new.',
  'discrepancies.kinds': 'Kinds of discrepancies',
  'discrepancies.which': 'Reviewed or not',
  'discrepancies.open': 'Not reviewed',
  'discrepancies.reviewed': 'Reviewed',
  'discrepancies.reviewed.by': 'Reviewed by {name}',
  'discrepancies.reviewed.one': 'Reviewed',
  'discrepancies.since': 'Since',
  'discrepancies.review': 'Reviewed',
  'discrepancies.reopen': 'Not reviewed after all',
  'discrepancies.none': 'No discrepancy fits these filters',
  'discrepancies.none.body': 'Try another kind, carrier or city.',
  'discrepancies.empty': 'No discrepancies',
  'discrepancies.empty.body': 'The sources of all shipments agree.',
  'discrepancy.delivery_disputed': 'Delivery in doubt',
  'discrepancy.delivery_disputed.title':
    'One source says that it was delivered, another one that it was not.',
  'discrepancy.after_the_end': 'Moved after the end',
  'discrepancy.after_the_end.title': 'It changed its state after it was delivered or cancelled.',
  'discrepancy.delivered_unseen': 'Delivered unseen',
  'discrepancy.delivered_unseen.title':
    'Delivered, though nobody saw it with a courier or at an office.',
  'discrepancy.status_mismatch': 'Different states',
  'discrepancy.status_mismatch.title': 'Two sources say different things.',
  'discrepancy.moved_back': 'Moved back',
  'discrepancy.moved_back.title': 'It went back to an earlier step of its way.',
};
