// The draft: devices switched, marks gone through, judged and cleared. `element`, `trigger` and `watch` are Gradio's.
const send = (act, detail) => trigger('select', { act, ...detail });
let acted = null; // what was pressed last, to go on there when the draft is drawn anew
let latest = 0; // when the draft was drawn that was shown last
let asked = false; // whether it was asked for anew

// On from the mark where the reader is, or else from the top of the window.
function step(by) {
  const place = element.querySelector('[data-of]');
  if (!place) return;
  const count = Number(place.dataset.of);
  let at = Number(place.dataset.at);
  if (!at) {
    const top = place.getBoundingClientRect().bottom;
    const tops = Array.from({ length: count }, (_, index) => ofFinding('.u', index + 1)[0].getBoundingClientRect().top);
    const below = tops.findIndex((line) => line > top);
    at = (below < 0 ? count : below) + (by > 0 ? 0 : 1);
  }
  toFinding(((at + by - 1 + count) % count) + 1);
}

// From the strip and the table to the text. Gradio's page has a base address: where its own has a query, a link to a place on it would
// load it anew, and lose the draft.
document.addEventListener('click', (event) => {
  const link = event.target.closest('.fr a[href^="#"]');
  const place = link && document.getElementById(link.getAttribute('href').slice(1));
  if (!place) return;
  event.preventDefault();
  if (place.dataset.f) toFinding(place.dataset.f);
  else if (place.dataset.s) toSentence(place.dataset.s, event.detail ? null : link);
  else {
    place.tabIndex = -1;
    place.scrollIntoView({ block: 'center' });
    focusIn(place);
  }
});

element.addEventListener('click', (event) => {
  const button = event.target.closest('button');
  if (!button) return;
  if (button.dataset.step) step(Number(button.dataset.step));
  else if (button.dataset.act === 'missed') miss(button);
  else if (button.dataset.act) judge(button, !event.detail);
  else if (button.dataset.device) toggle(button);
  else if ('menu' in button.dataset) unfold(button);
});

function toggle(button) {
  acted = null;
  button.setAttribute('aria-pressed', String(button.getAttribute('aria-pressed') !== 'true'));
  document.querySelector(`#devices input[name="${button.dataset.device}"]`).click();
}

function unfold(button) {
  const list = button.parentElement.querySelector('.menu');
  list.hidden = !list.hidden;
  button.setAttribute('aria-expanded', String(!list.hidden));
  fit(inside(button));
  list.scrollIntoView({ block: 'nearest' });
}

function miss(button) {
  const { start, end } = bar().dataset;
  send('missed', { start: Number(start), end: Number(end), device: button.dataset.device });
  const from = cell;
  leave();
  bar().hidden = true;
  window.getSelection().removeAllRanges();
  from?.focus();
}

function judge(button, byKeyboard) {
  const { key } = button.closest('[data-key]').dataset;
  const place = marks().indexOf(inside(button));
  acted = place < 0 ? null : { key, act: button.dataset.act, place, byKeyboard };
  send(button.dataset.act, { key, reason: button.dataset.reason ?? '' });
}

element.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  if (event.key === 'n' || event.key === 'p') step(event.key === 'n' ? 1 : -1);
});

// Who goes on somewhere before the answer has come stays there. An act that is refused draws nothing anew: what is drawn later, for
// another reason, is not for it to take the focus either.
for (const used of ['pointerdown', 'keydown', 'input']) document.addEventListener(used, () => { acted = null; }, true);

// Answers can come in another order than they were drawn in: what is older than what was shown is asked for once more.
function fresh() {
  const drawn = Number(element.querySelector('[data-drawn]')?.dataset.drawn ?? latest);
  asked = drawn < latest && !asked;
  if (asked) send('look');
  latest = Math.max(latest, drawn);
}

watch('value', () => {
  fresh();
  const stayed = element.contains(document.activeElement) && inside(document.activeElement);
  const after = acted;
  acted = null;
  hide();
  if (!after) {
    if (stayed) show(stayed, true);
    return;
  }
  const all = marks();
  const mark = all[Math.min(after.place, all.length - 1)];
  const button = mark?.querySelector(`[data-key="${after.key}"] [data-act="${after.act}"][aria-pressed]`);
  if (button) {
    show(mark, true);
    focusIn(button);
  } else if (after.byKeyboard) mark?.focus(); // a keyboard reader goes on where the cleared mark was
  else document.activeElement.blur(); // under a pointer no explanation opens that was not asked for
});
