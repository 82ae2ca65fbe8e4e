// A part of the page whose text screen readers say whenever it changes. `element` and `watch` are Gradio's.
element.setAttribute('role', 'status');
watch('value', () => {
  // Gradio changes the line that is there into the new one: a new one is faded out anew, and said anew where it is the same.
  const line = element.querySelector('.status');
  line?.replaceWith(line.cloneNode(true));
});
