// The slider counts its stops; a screen reader is to say their names. `element` and `watch` are Gradio's.
watch('value', () => {
  const name = element.querySelector('.stops b')?.textContent;
  const range = document.querySelector('#sensitivity input[type=range]');
  if (name && range) range.setAttribute('aria-valuetext', name);
});
