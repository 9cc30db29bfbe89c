// The texts of sources, what they are called on the page, and links to their lines.

export const ORIGINS = {
    changed: 'This file changed since it was compiled; the lines shown may not be those that ran.',
    parts: 'This file changed since it was compiled; the lines shown are those that were compiled.',
    disk: 'The profile holds no source text; the file is shown as it was when this page was made.',
    missing: 'The source of this file was not found.',
};

// A path below the working folder is shown as the listing shows it; of another the shortest end that no other has.
function labelOf(source, sources) {
    if (source.shown !== source.path)
        return source.shown;
    const parts = source.path.split('/');
    for (let i = parts.length - 1; i > 0; i--) {
        const end = parts.slice(i).join('/');
        if (!sources.some((other) => other.path !== source.path && other.path.endsWith(`/${end}`)))
            return end;
    }
    return source.path;
}

export function readSources(sources) {
    for (const source of sources) {
        const text = source.text ?? sources[source.text_of].text;
        source.lines = text.split('\n');
        if (source.lines.at(-1) === '')
            source.lines.pop();
    }
}

export function labelSources(sources) {
    for (const source of sources)
        source.label = labelOf(source, sources);
}

export function linkTo(source, line) {
    return `#${encodeURI(source.label)}:${line}`;
}

// {source, line} of such a link, or null. The end of a path will do.
export function findLink(sources, hash) {
    const match = /^#(.*):(\d+)$/.exec(hash);
    if (!match)
        return null;
    let path;
    try {
        path = decodeURI(match[1]);
    } catch {
        return null;
    }
    const source = sources.find((s) => s.label === path || s.shown === path || s.path === path)
        ?? sources.find((s) => s.path.endsWith(`/${path}`));
    return source ? { source, line: Number(match[2]) } : null;
}

const TAB = 8;

// [text with blanks for tabs, the column after it].
export function expandTabs(text, from) {
    let column = from;
    let out = '';
    for (const c of text) {
        const width = c === '\t' ? TAB - column % TAB : 1;
        out += c === '\t' ? ' '.repeat(width) : c;
        column += width;
    }
    return [out, column];
}
