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
watch('value', () => {
  if (list()) list().open = open;
  // The button that had the focus is gone with its term.
  if (removed) list()?.querySelector('summary').focus();
  removed = false;
});
