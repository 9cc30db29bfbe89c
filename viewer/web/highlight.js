// Syntax highlighting of what is on the screen. The file is parsed in slices of time, so that a large one opens at once.
import { parser } from '@lezer/cpp';
import { highlightTree, tagHighlighter, tags as t } from '@lezer/highlight';

const style = tagHighlighter([
    { tag: [t.comment, t.lineComment, t.blockComment], class: 'hl-comment' },
    { tag: [t.string, t.character, t.special(t.string)], class: 'hl-string' },
    { tag: [t.number, t.bool, t.null], class: 'hl-number' },
    { tag: [t.keyword, t.controlKeyword, t.definitionKeyword, t.modifier, t.operatorKeyword], class: 'hl-keyword' },
    { tag: [t.typeName, t.standard(t.name)], class: 'hl-type' },
    { tag: [t.processingInstruction, t.meta], class: 'hl-macro' },
]);

const SLICE_MS = 12;

export class Highlighter {
    constructor(source, changed) {
        this.text = source.lines.join('\n');
        this.starts = new Float64Array(source.lines.length + 1);
        source.lines.forEach((line, i) => { this.starts[i + 1] = this.starts[i] + line.length + 1; });
        this.parse = parser.startParse(this.text);
        this.changed = changed;
        setTimeout(() => this.advance());
    }

    advance() {
        const end = performance.now() + SLICE_MS;
        while (!this.tree && performance.now() < end)
            this.tree = this.parse.advance();
        if (this.tree)
            this.changed();
        else
            setTimeout(() => this.advance());
    }

    // [{text, class}] of line `index`, from 0.
    pieces(index) {
        const from = this.starts[index];
        const to = this.starts[index + 1] - 1;
        const pieces = [];
        let at = from;
        const take = (end, name) => {
            if (end > at)
                pieces.push({ text: this.text.slice(at, end), class: name });
            at = Math.max(at, end);
        };
        if (this.tree)
            highlightTree(this.tree, style, (start, end, name) => {
                take(Math.min(start, to), '');
                take(Math.min(end, to), name);
            }, from, to);
        take(to, '');
        return pieces;
    }
}
