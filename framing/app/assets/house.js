// The house list beside a draft: its terms can be taken off, and it stays as open as it was. `element`, `trigger` and `watch` are Gradio's.
const list = () => element.querySelector('details');
let open = false;
let removed = false;

element.addEventListener('toggle', () => { open = list()?.open ?? false; }, true);
element.addEventListener('click', (event) => {
  const button = event.target.closest('[data-act=unlist]');
  if (!button) return;
  removed = true;
  trigger('select', { act: 'unlist', term: button.dataset.term, device: button.dataset.device });
});
// A refused removal draws nothing anew: what is drawn later, for another reason, is not for it to take the focus.
for (const used of ['pointerdown', 'keydown', 'input']) document.addEventListener(used, () => { removed = false; }, true);
watch('value', () => {
  if (list()) list().open = open;
  // The button that had the focus is gone with its term; with the last term the list is, too.
  if (removed) requestAnimationFrame(() => (list()?.querySelector('summary') ?? document.querySelector('#undo'))?.focus());
  removed = false;
});
