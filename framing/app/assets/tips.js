// Explanations of marks, one at a time: a pointer opens one, focus (a click, the Tab key) pins it, Escape closes it. `element` is Gradio's.
const LINGER = 300; // ms that a pointer has to get from a mark to its explanation, or to settle on another mark
const SETTLE = 80; // ms that it rests on a mark before the first explanation opens, so that none flashes by
const EDGE = 8; // pixels between an explanation and the window's edge

const marks = () => Array.from(element.querySelectorAll('.mark'));
const tipOf = (mark) => mark.querySelector('.tip');
const inside = (target) => target.closest?.('.mark');
const focusIn = (place) => place.focus({ preventScroll: true });
const ofFinding = (kind, number) => element.querySelectorAll(`${kind}[data-f="${number}"]`);
let opened = null; // the mark whose explanation is open
let pinned = false;
let pointed = null; // the mark, or none, that the pointer lies on
let clock = 0;
let nearest = Infinity; // how near the pointer has come to the explanation since it left the mark

function show(mark, pin) {
  clearTimeout(clock);
  if (opened !== mark) hide();
  opened = mark;
  pinned = pin;
  mark.classList.add('open');
  light(Array.from(mark.querySelectorAll('.entry'), (entry) => entry.dataset.f));
  fit(mark);
  if (pin) tell(mark);
}

function hide() {
  clearTimeout(clock);
  opened?.classList.remove('open');
  opened = null;
  pinned = false;
  light([]);
}

// The whole of each finding, however many pieces overlapping ones cut it into.
function light(findings) {
  for (const line of element.querySelectorAll('.lit')) line.classList.remove('lit');
  for (const number of findings) for (const line of ofFinding('.u', number)) line.classList.add('lit');
}

// Beside the mark an explanation moves up as far as it has to, yet not over the tools; from below the mark, where it would come to lie on
// it, to above it; at the foot of a small window the mark moves.
function fit(mark) {
  const tip = tipOf(mark);
  tip.style.marginTop = tip.style.maxHeight = '';
  if (getComputedStyle(tip).position === 'fixed') {
    const covered = mark.getBoundingClientRect().bottom + 2 * EDGE - tip.getBoundingClientRect().top;
    if (pinned && covered > 0) window.scrollBy(0, covered);
    return;
  }
  const least = Math.max(0, element.querySelector('.tools')?.getBoundingClientRect().bottom ?? 0) + EDGE;
  const most = window.innerHeight - EDGE;
  tip.style.maxHeight = `${most - least}px`;
  const { left, top, bottom } = tip.getBoundingClientRect();
  const line = mark.getBoundingClientRect();
  const above = bottom - line.top + EDGE / 2;
  let up = Math.min(bottom - most, top - least);
  if (up > 0 && left < line.right && top - above >= least) up = above;
  if (up > 0) tip.style.marginTop = `${parseFloat(getComputedStyle(tip).marginTop) - up}px`;
}

// One of several findings in the same place, first.
function first(mark, number) {
  const entry = mark.querySelector(`.entry[data-f="${number}"]`);
  tipOf(mark).prepend(entry);
  tipOf(mark).scrollTop = 0;
  light([number]);
  fit(mark);
  tell(mark);
}

function toFinding(number) {
  const [line] = ofFinding('.u', number);
  const mark = line && inside(line);
  if (!mark) return;
  mark.scrollIntoView({ block: 'center' });
  focusIn(mark);
  show(mark, true);
  first(mark, number);
}

// Where the reader is: «3 of 19».
function tell(mark) {
  const place = element.querySelector('[data-of]');
  if (place) {
    place.dataset.at = mark.querySelector('.entry').dataset.f;
    place.textContent = `${place.dataset.at} of ${place.dataset.of}`;
  }
}

// How far the pointer is from the explanation.
function distance({ clientX, clientY }) {
  const box = tipOf(opened).getBoundingClientRect();
  const beyond = (least, value, most) => Math.max(least - value, 0, value - most);
  return Math.hypot(beyond(box.left, clientX, box.right), beyond(box.top, clientY, box.bottom));
}

function settle(event) {
  clearTimeout(clock);
  if (pinned || pointed === opened) return;
  nearest = opened ? distance(event) : Infinity;
  clock = setTimeout(() => (pointed ? show(pointed, false) : hide()), opened ? LINGER : SETTLE);
}

let at = ''; // where the pointer is: a page that scrolls under one that rests, a move to some browsers, opens nothing
document.addEventListener('pointermove', (event) => {
  const place = `${event.clientX} ${event.clientY}`;
  if (event.pointerType === 'touch' || event.buttons || place === at) return;
  at = place;
  const mark = element.contains(event.target) ? inside(event.target) : null;
  // On the way to the explanation the clock starts again.
  const nearer = opened && mark !== opened && distance(event) < nearest;
  if (mark === pointed && !nearer) return;
  pointed = mark;
  settle(event);
});
document.documentElement.addEventListener('pointerleave', (event) => {
  pointed = null;
  settle(event);
});

element.addEventListener('focusin', (event) => {
  const mark = inside(event.target);
  if (mark && !event.target.matches('[data-text]') && !(mark === opened && pinned)) show(mark, true);
});
element.addEventListener('focusout', (event) => {
  if (pinned && !opened.contains(event.relatedTarget)) hide();
});
element.addEventListener('keydown', (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey) return;
  const mark = inside(event.target);
  if (mark !== event.target) return;
  if (event.key === 'Enter') show(mark, true);
  if (event.key === 'ArrowRight' || event.key === 'ArrowLeft') {
    // From mark to mark without walking through the buttons of each; those in folded paragraphs cannot be seen.
    const all = marks().filter((one) => one.checkVisibility());
    const next = all[all.indexOf(mark) + (event.key === 'ArrowRight' ? 1 : -1)];
    if (next) { event.preventDefault(); next.focus(); }
  }
});
document.addEventListener('keydown', (event) => {
  if (event.key !== 'Escape' || !opened) return;
  const mark = opened;
  if (mark.contains(document.activeElement)) mark.focus();
  hide();
});
