// What a change between two profiles is called, as the text has it.
import { element } from './dom.js';
import * as units from './units.js';

// What verdicts are called and marked with.
export const VERDICTS = {
    same: { mark: ' ', text: 'same' }, slower: { mark: '+', text: 'slower' }, faster: { mark: '−', text: 'faster' },
    added: { mark: '>', text: 'added' }, removed: { mark: '<', text: 'removed' }, unmeasured: { mark: '!', text: 'not measured any more' },
};

// In percent; of what was not there before "new".
export function percentOf(change) {
    if (change.old_ns > 0)
        return units.signed(units.percent(change.new_ns - change.old_ns, change.old_ns));
    return change.new_ns > 0 ? 'new' : '';
}

export function verdictOf(verdict) {
    const { mark, text } = VERDICTS[verdict];
    return element('span', { class: `verdict ${verdict}` }, `${mark} ${text}`);
}
