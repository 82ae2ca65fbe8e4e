// What was missed: wording that is selected, or the sentence that a cell of the strip led to, is offered to be marked.
const points = (text) => Array.from(text).length;
const article = () => element.querySelector('.text');
const bar = () => element.querySelector('.missed');
let dragging = false;
let cell = null; // the cell of the strip from which the keyboard came
let sentence = null; // the range that it led to

// Where the range lies in the draft, in characters (code points): as much of it as is the draft's own text; null where nothing is.
function bounds(range) {
  let before = 0;
  let start = null;
  let end = null;
  for (const piece of article()?.querySelectorAll('[data-text]') ?? []) {
    const length = points(piece.textContent);
    if (range.intersectsNode(piece) && piece.textContent.trim()) {
      const from = ahead(piece, length, range.startContainer, range.startOffset);
      const to = ahead(piece, length, range.endContainer, range.endOffset);
      if (from < to) {
        start ??= before + from;
        end = before + to;
      }
    }
    before += length;
  }
  return start === null ? null : { start, end };
}

// How many of the `length` characters of a piece lie before a place.
function ahead(piece, length, node, offset) {
  const head = document.createRange();
  head.selectNodeContents(piece);
  const side = head.comparePoint(node, offset);
  if (side) return side < 0 ? 0 : length;
  head.setEnd(node, offset);
  return points(head.toString());
}

function offer(range) {
  const found = range && bounds(range);
  const offered = bar();
  if (!offered) return;
  offered.hidden = !found;
  if (!found) return;
  const lines = Array.from(range.getClientRects()).filter((line) => line.width);
  const home = offered.offsetParent.getBoundingClientRect();
  offered.style.top = `${lines.at(-1).bottom - home.top + 8}px`;
  offered.style.left = `${Math.max(0, Math.min(lines[0].left - home.left, home.width - offered.offsetWidth))}px`;
  offered.dataset.start = found.start;
  offered.dataset.end = found.end;
  const draft = Array.from(article().querySelectorAll('[data-text]'), (piece) => piece.textContent).join('');
  offered.setAttribute('aria-label', `Mark what was missed: ${Array.from(draft).slice(found.start, found.end).join('').trim()}`);
}

function offerSelected() {
  const selection = window.getSelection();
  const range = selection?.rangeCount && !selection.isCollapsed ? selection.getRangeAt(0) : null;
  // A selection that is none leaves alone what the keyboard opened.
  if (range || !cell) offer(range);
}
document.addEventListener('selectionchange', () => dragging || offerSelected());
document.addEventListener('pointerdown', (event) => {
  dragging = event.pointerType === 'mouse' && !event.target.closest?.('.missed');
});
for (const end of ['pointerup', 'pointercancel']) {
  // A click that takes a selection away does so after its pointer is up.
  document.addEventListener(end, () => {
    if (dragging) setTimeout(offerSelected);
    dragging = false;
  });
}
element.addEventListener('mousedown', (event) => {
  // The selection has to outlive the press on a button of the bar.
  if (event.target.closest('.missed')) event.preventDefault();
});

const pieces = (number) => element.querySelectorAll(`[data-s="${number}"]`);

// Leads to a sentence; where the keyboard came from the strip, what was missed there can be marked.
function toSentence(number, from) {
  const [head] = pieces(number);
  if (!head) return;
  leave();
  head.tabIndex = -1;
  head.setAttribute('role', 'group');
  head.setAttribute('aria-label', Array.from(pieces(number), (piece) => piece.textContent).join(''));
  for (const piece of pieces(number)) piece.classList.add('here');
  head.scrollIntoView({ block: 'center' });
  head.focus({ preventScroll: true });
  cell = from;
  if (!from || !bar()) return;
  // Where the Tab key goes on from the sentence.
  let place = head;
  while (!place.parentElement.matches('p')) place = place.parentElement;
  place.after(bar());
  const last = Array.from(pieces(number)).findLast((piece) => piece.textContent.trim()).firstChild;
  sentence = range([head.firstChild, 0], [last, last.data.trimEnd().length]);
  select(head.firstChild, 0, last, last.data.trimEnd().length);
  offer(sentence);
}

function select(...ends) {
  window.getSelection().setBaseAndExtent(...ends);
}

// By keyboard: the start of what is offered moves by a word, with Shift its end does, and neither leaves the sentence.
function narrow(forward, atEnd) {
  const selection = window.getSelection();
  if (!selection.rangeCount) return;
  const before = selection.getRangeAt(0).cloneRange();
  const start = [before.startContainer, before.startOffset];
  const end = [before.endContainer, before.endOffset];
  select(...(atEnd ? [...start, ...end] : [...end, ...start]));
  selection.modify('extend', forward ? 'forward' : 'backward', 'word');
  const now = selection.getRangeAt(0);
  const stays = now.compareBoundaryPoints(atEnd ? Range.START_TO_START : Range.END_TO_END, before) === 0;
  const beyond =
    now.compareBoundaryPoints(Range.START_TO_START, sentence) < 0 || now.compareBoundaryPoints(Range.END_TO_END, sentence) > 0;
  if (!stays || beyond || !bounds(now)) select(...start, ...end);
}

function range(start, end) {
  const made = document.createRange();
  made.setStart(...start);
  made.setEnd(...end);
  return made;
}

function leave() {
  if (sentence) window.getSelection().removeAllRanges();
  sentence = null;
  for (const piece of element.querySelectorAll('.here')) piece.classList.remove('here');
  if (cell && bar()) bar().hidden = true;
  cell = null;
}
element.addEventListener('focusout', (event) => {
  if (!element.querySelector('.here')) return;
  const next = event.relatedTarget;
  if (!next?.closest?.('.missed') && !next?.classList?.contains('here')) leave();
});
element.addEventListener('keydown', (event) => {
  if (!sentence || !event.target.classList.contains('here') || !/^Arrow(Left|Right)$/.test(event.key)) return;
  event.preventDefault();
  narrow(event.key === 'ArrowRight', event.shiftKey);
});
element.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !event.target.closest('.missed, .here')) return;
  const from = cell;
  leave();
  bar().hidden = true;
  from?.focus();
});
