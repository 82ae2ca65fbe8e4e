// What belongs to no one part of the tab: its keys, where the focus goes on, and the line that says what was done, with its «Undo».
// `element` and `watch` are Gradio's.
const FRAMES = 240;
const box = () => document.querySelector('#draft-text textarea');
const undo = () => document.querySelector('#undo');
const TEXT = 'textarea, select, [contenteditable], input:not([type=checkbox], [type=radio], [type=range], [type=button])';
let pressed = null;

// Parts come onto the page one after the other, and a hidden one anew.
function once(find, then, frames = FRAMES) {
  const found = find();
  if (found) then(found);
  else if (frames) requestAnimationFrame(() => once(find, then, frames - 1));
}

document.addEventListener('focusin', (event) => {
  if (event.target.matches('#draft-text textarea, #compare-before textarea, #compare-after textarea')) event.target.dir = 'auto';
});

document.addEventListener('keydown', (event) => {
  if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey) return;
  if (event.key === 'Enter' && event.target === box()) {
    event.preventDefault();
    document.querySelector('#screen-go').click();
  }
  if (event.key.toLowerCase() === 'z' && !event.target.closest?.(TEXT) && undo()?.offsetParent && !undo().disabled) {
    event.preventDefault();
    undo().click();
  }
});

document.addEventListener('click', (event) => {
  if (event.target.closest('#edit-draft, #new-draft')) {
    once(box, (there) => {
      there.focus();
      there.setSelectionRange(0, 0);
      there.scrollTop = 0;
    });
  }
  const button = event.target.closest('#undo, [data-undo], [data-act=restore]');
  // Pressed by keyboard, which tells of no clicks; not by a script.
  if (button && event.isTrusted) pressed = event.detail === 0 ? button : null;
});

element.addEventListener('click', (event) => {
  if (event.target.closest('[data-undo]')) undo()?.click();
});

watch('value', () => {
  const key = element.querySelector('[data-mark]')?.dataset.mark;
  const button = pressed;
  pressed = null;
  if (!button || !key) return;
  // The button may be gone: the focus goes to the mark that it brought back.
  once(() => document.querySelector(`#marks .mark [data-key="${key}"]`), (there) => {
    if (!button.isConnected || button.disabled) there.closest('.mark').focus();
  });
});
