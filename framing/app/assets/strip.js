// The strip: one stop for the Tab key, arrow keys among its cells. `element` and `watch` are Gradio's.
const cells = () => Array.from(element.querySelectorAll('.cell'));
const heads = () => Array.from(element.querySelectorAll('.group'), (group) => group.firstElementChild);
let at = 0;

function stop(place) {
  at = place;
  cells().forEach((cell, index) => { cell.tabIndex = index === at ? 0 : -1; });
}

element.addEventListener('focusin', (event) => {
  const place = cells().indexOf(event.target);
  if (place >= 0) stop(place);
});
element.addEventListener('keydown', (event) => {
  const all = cells();
  const cell = event.target.closest('.cell');
  if (!cell || event.ctrlKey || event.altKey || event.metaKey) return;
  const place = all.indexOf(cell);
  const paragraph = heads().indexOf(cell.parentElement.firstElementChild);
  const to = {
    ArrowRight: all[place + 1],
    ArrowLeft: all[place - 1],
    ArrowDown: heads()[paragraph + 1],
    ArrowUp: cell === heads()[paragraph] ? heads()[paragraph - 1] : heads()[paragraph],
    Home: all[0],
    End: all.at(-1),
  }[event.key];
  if (!to) return;
  event.preventDefault();
  to.focus();
});
const keep = () => stop(Math.max(0, Math.min(at, cells().length - 1)));
keep();
watch('value', keep);
