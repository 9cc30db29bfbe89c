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

    // `mark(index)` gives {share, colour}, from 0 to 1 and a variable of the style, or null for a row without.
    draw(mark) {
        this.mark = mark;
        const styles = getComputedStyle(document.documentElement);
        const count = this.count();
        const height = this.root.clientHeight || 600;
        this.root.width = WIDTH;
        this.root.height = height;
        const context = this.root.getContext('2d');
        const colours = new Map();
        for (let i = 0; i < count; i++) {
            const { share, colour } = mark(i) ?? {};
            if (!colour)
                continue;
            if (!colours.has(colour))
                colours.set(colour, styles.getPropertyValue(colour));
            context.fillStyle = colours.get(colour);
            const length = LEAST + (WIDTH - LEAST) * share;
            context.fillRect(WIDTH - length, Math.floor(i * height / count), length, Math.max(2, Math.min(6, height / count)));
        }
    }
}
