// The heat of all rows at a glance, beside the list of which only a part is on the screen.
import { element } from './dom.js';

const WIDTH = 28;
const LEAST = 4;

export class Minimap {
    // `count()` gives the number of rows; a click on one is `pick(index)`.
    constructor(count, pick) {
        this.count = count;
        this.root = element('canvas', { class: 'minimap', 'aria-hidden': 'true', title: 'The whole at a glance; click to go there' });
        this.root.addEventListener('click', (event) => {
            const index = Math.floor(event.offsetY / this.root.clientHeight * count());
            pick(Math.max(0, Math.min(count() - 1, index)));
        });
        new ResizeObserver(() => this.mark && this.draw(this.mark)).observe(this.root);
    }

    // `mark(index)` gives {share, colour}, from 0 to 1 and a variable of the style, or null for a row without. It is
    // drawn with the next frame, once however often it was asked for.
    draw(mark) {
        this.frame ??= requestAnimationFrame(() => {
            this.frame = undefined;
            this.paint();
        });
        this.mark = mark;
    }

    paint() {
        const styles = getComputedStyle(document.documentElement);
        const count = this.count();
        const height = this.root.clientHeight || 600;
        this.root.width = WIDTH;
        this.root.height = height;
        const context = this.root.getContext('2d');
        const thick = Math.max(2, Math.min(6, height / count));
        for (const [y, { share, colour }] of this.hottest(count, height)) {
            context.fillStyle = styles.getPropertyValue(colour);
            const length = LEAST + (WIDTH - LEAST) * share;
            context.fillRect(WIDTH - length, y, length, thick);
        }
    }

    // Of the rows that fall on one pixel the one with the largest share.
    hottest(count, height) {
        const pixels = new Map();
        for (let i = 0; i < count; i++) {
            const y = Math.floor(i * height / count);
            const marked = this.mark(i);
            if (marked && !(pixels.get(y)?.share >= marked.share))
                pixels.set(y, marked);
        }
        return pixels;
    }
}
