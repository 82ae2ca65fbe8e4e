// The draft: explanations that stay open, verdicts, what was missed, and the table of findings. `element`, `trigger` and `watch` are Gradio's.
const send = (act, detail) => trigger('select', { act, ...detail });
const points = (text) => Array.from(text).length;
let last = null;

const article = () => element.querySelector('.text');
const marks = () => Array.from(element.querySelectorAll('.mark'));

// Characters (code points) of the draft before a place in one of its text nodes; null outside the text.
function offset(node, within) {
  const span = (node.nodeType === 3 ? node.parentElement : node)?.closest?.('[data-text]');
  if (!span || !article()?.contains(span)) return null;
  let count = 0;
  for (const piece of article().querySelectorAll('[data-text]')) {
    if (piece === span) return count + (node.nodeType === 3 ? points(node.data.slice(0, within)) : 0);
    count += points(piece.textContent);
  }
  return null;
}

function selected() {
  const selection = window.getSelection();
  if (!selection || selection.isCollapsed || !selection.rangeCount) return null;
  const range = selection.getRangeAt(0);
  const start = offset(range.startContainer, range.startOffset);
  const end = offset(range.endContainer, range.endOffset);
  return start === null || end === null || end <= start ? null : { start, end };
}

function offerMissed() {
  const bar = element.querySelector('.missed');
  if (!bar) return;
  const range = selected();
  bar.hidden = !range;
  if (range) {
    const at = window.getSelection().getRangeAt(0).getBoundingClientRect();
    const home = element.getBoundingClientRect();
    bar.style.top = `${at.bottom - home.top + 8}px`;
    bar.style.left = `${Math.max(0, Math.min(at.left - home.left, home.width - bar.offsetWidth))}px`;
    bar.dataset.start = range.start;
    bar.dataset.end = range.end;
  }
}
document.addEventListener('selectionchange', offerMissed);

// From the strip and the table to the text. Gradio's page has a base address: where its own has a query, a link to a place on it would
// load it anew, and lose the draft.
document.addEventListener('click', (event) => {
  const link = event.target.closest('.fr a[href^="#"]');
  const place = link && document.getElementById(link.getAttribute('href').slice(1));
  if (!place) return;
  event.preventDefault();
  window.location.hash = place.id;
  place.scrollIntoView({ block: 'center' });
});

element.addEventListener('mousedown', (event) => {
  // The selection has to outlive the press on a button of the bar.
  if (event.target.closest('.missed')) event.preventDefault();
});

element.addEventListener('click', (event) => {
  const menu = event.target.closest('[data-menu]');
  if (menu) {
    const list = menu.parentElement.querySelector('.menu');
    list.hidden = !list.hidden;
    menu.setAttribute('aria-expanded', String(!list.hidden));
    return;
  }
  const button = event.target.closest('[data-act]');
  if (!button) return;
  const mark = button.closest('.mark');
  // Not to the next mark at the press of a mouse: its explanation would open over what stands beside the draft.
  const goesOn = event.detail === 0 || ['right', 'wrong'].includes(button.dataset.act);
  last = mark && goesOn ? marks().indexOf(mark) : null;
  if (button.dataset.act === 'missed') {
    const bar = button.closest('.missed');
    send('missed', { start: Number(bar.dataset.start), end: Number(bar.dataset.end), device: button.dataset.device });
    bar.hidden = true;
    window.getSelection().removeAllRanges();
    return;
  }
  send(button.dataset.act, { key: button.closest('[data-key]').dataset.key, reason: button.dataset.reason ?? '' });
});

element.addEventListener('keydown', (event) => {
  const mark = event.target.closest('.mark');
  if (event.key === 'Escape' && mark) {
    mark.focus();
    mark.blur();
  }
  // From mark to mark without walking through the buttons of each.
  if (mark && event.target === mark && (event.key === 'ArrowRight' || event.key === 'ArrowLeft')) {
    const all = marks();
    const next = all[all.indexOf(mark) + (event.key === 'ArrowRight' ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  }
});

watch('value', () => {
  // A keyboard reader goes on where the cleared mark was.
  if (last !== null && last >= 0) {
    const all = marks();
    all[Math.min(last, all.length - 1)]?.focus();
  }
  last = null;
});
